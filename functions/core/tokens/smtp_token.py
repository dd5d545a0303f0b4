"""An SMTP token: an IAM user with a name, statistics and an expiry. Its id is the access key with which its SMTP clients log in.

CREATING ─► ACTIVE ─► DELETED
    └────────────────────┘
"""

from __future__ import annotations

import re
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from functions.core.errors import FieldError

NAME_MAX = 200  # characters
USER_PREFIX = "staffetta-smtp-"
_USER = re.compile(re.escape(USER_PREFIX) + r"([1-9]\d{0,15})")


class TokenState(StrEnum):
    CREATING = "creating"  # its password was not returned yet; if it never is, the token is rolled back
    ACTIVE = "active"
    DELETED = "deleted"  # stored, so that its mails still have a name


class SmtpToken(Struct, frozen=True, kw_only=True):
    """A token without its password, which is never stored. Times are ISO-8601 text."""

    campaign_id: int  # the email that its mails count for
    name: str
    create_contact: bool  # for each new recipient
    created_at: str
    created_by: str  # an email address
    state: TokenState = TokenState.CREATING
    key_id: str = ""  # the access key of its current password
    former_key_id: str = ""  # the previous one, while it is still valid
    former_until: str = ""
    expires_at: str | None = None
    domain: str = ""  # of its From addresses; empty: the deployment's
    busy_until: int = 0  # seconds since the epoch: a worker changes it; if it is past, that worker died
    version: int = 0  # counts the changes; 0: it is not stored yet
    used_at: str | None = None
    first_source: str | None = None  # the address of the host that its first mail came from
    first_used_at: str | None = None
    last_source: str | None = None

    @property
    def user_name(self) -> str:
        return user_name(self.campaign_id)

    def valid_keys(self, now: str) -> frozenset[str]:
        """Returns the access keys that are valid at an instant."""
        if self.state is not TokenState.ACTIVE:
            return frozenset()
        former = {self.former_key_id} if self.former_until > now else set()
        return frozenset({self.key_id, *former})

    def expired(self, now: str) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def busy(self, now: float) -> bool:
        return self.busy_until > now

    def claimed(self, until: int) -> SmtpToken:
        """Locks the token for its writer. Every other change fails until then, and a change under way fails for good."""
        return replace(self, busy_until=until)

    def activated(self, key_id: str) -> SmtpToken:
        """Returns the token with its first key."""
        return replace(self, state=TokenState.ACTIVE, key_id=key_id, busy_until=0)

    def with_new_key(self, key_id: str, former_until: str) -> SmtpToken:
        """Returns the token with a new key. The former one stays valid until an instant."""
        return replace(self, key_id=key_id, former_key_id=self.key_id, former_until=former_until, busy_until=0)

    def with_single_key(self) -> SmtpToken:
        """Returns the token with its current key only."""
        return replace(self, former_key_id="", former_until="", busy_until=0)

    def deleted(self) -> SmtpToken:
        return replace(self.with_single_key(), state=TokenState.DELETED)


def user_name(campaign_id: int) -> str:
    """Returns the name of a token's IAM user."""
    return f"{USER_PREFIX}{campaign_id}"


def campaign_of(user: str) -> int | None:
    """Returns the campaign id in a token's user name, which SES's events have as ses:caller-identity. Returns None for other users."""
    match = _USER.fullmatch(user)
    return int(match[1]) if match else None


def name_errors(name: str) -> list[FieldError]:
    """A token's name is its email's, too, and an email without one cannot be stored."""
    if name and len(name) <= NAME_MAX and name.isprintable():
        return []
    return [FieldError("name", f"must have 1 to {NAME_MAX} printable characters: what the token is for")]
