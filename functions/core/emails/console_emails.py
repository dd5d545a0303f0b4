"""The emails that the console sends to its own people, with links that set passwords. An author of one of them can read the link and
become the recipient: so they are copies of starters, and only an administrator may change them.
"""

from __future__ import annotations

from msgspec.structs import replace

from functions.core.access.scopes import ACCOUNT, CONTENT
from functions.core.emails.email import EmailDraft

INVITATION, RESET = "team-invitation", "password-reset"  # the starters that they are copies of
# Their ids: the largest ones, which no author has chosen for another email.
CONSOLE_EMAILS = {INVITATION: 2**53 - 2, RESET: 2**53 - 1}


def copy_of(name: str, starter: EmailDraft) -> EmailDraft:
    return replace(starter, email_id=CONSOLE_EMAILS[name], name=f"{starter.name} (console)")


def author_scope(email_id: int) -> str:
    """Returns the scope that a change of the email needs."""
    return ACCOUNT if email_id in CONSOLE_EMAILS.values() else CONTENT
