"""The mailbox of the local stack: stores every mail that SES would have delivered.

No library serves: Mailpit is a Go program, and PyPI has only clients of its API; Sendria, in Python, was last released in 2021.
"""

from infra.local.mailbox.app import mailbox_app
from infra.local.mailbox.store import Mailbox, StoredMail

__all__ = ["Mailbox", "StoredMail", "mailbox_app"]
