"""The mailbox of the local stack: where every mail arrives that SES would have delivered."""

from infra.local.mailbox.app import mailbox_app
from infra.local.mailbox.store import Mail, Mailbox

__all__ = ["Mail", "Mailbox", "mailbox_app"]
