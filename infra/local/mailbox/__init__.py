"""The mailbox of the local stack: where every mail arrives that SES would have delivered.

No library serves: Mailpit is a Go program, of whose API PyPI has clients only; Sendria, in Python, was last released in 2021.
"""

from infra.local.mailbox.app import mailbox_app
from infra.local.mailbox.store import Mail, Mailbox

__all__ = ["Mail", "Mailbox", "mailbox_app"]
