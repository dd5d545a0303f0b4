"""An SMTP token: an IAM user with a name, a report and an end. Its id is the access key that its SMTP clients log in with.

CREATING ─► ACTIVE ─► DELETED
    └────────────────────┘
"""

from __future__ import annotations

import re
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

USER_PREFIX = "staffetta-smtp-"
_USER = re.compile(re.escape(USER_PREFIX) + r"([1-9]\d{0,15})")


class TokenState(StrEnum):
    CREATING = "creating"  # it has told nobody a password yet; where that never comes, it is undone
    ACTIVE = "active"
    DELETED = "deleted"  # kept, so that its mails still have a name


class SmtpToken(Struct, frozen=True, kw_only=True):
    """What is stored of a token: never its password. Instants are ISO-8601 text."""

    campaign_id: int  # the email that its mails count for
    name: str
    create_contact: bool  # of each new recipient
    created_at: str
    created_by: str  # an email address
    state: TokenState = TokenState.CREATING
    key_id: str = ""  # the access key of its current password
    former_key_id: str = ""  # the one before it, while that is still good
    former_until: str = ""
    expires_at: str | None = None
    busy_until: int = 0  # seconds since the epoch: somebody is changing it, and has died where it has passed
    version: int = 0  # counts the changes; 0: it is not stored yet
    used_at: str | None = None
    first_source: str | None = None  # the address of the host that its first mail came from
    first_used_at: str | None = None
    last_source: str | None = None

    @property
    def user_name(self) -> str:
        return user_name(self.campaign_id)

    def valid_keys(self, now: str) -> frozenset[str]:
        """The access keys that should work at an instant."""
        if self.state is not TokenState.ACTIVE:
            return frozenset()
        former = {self.former_key_id} if self.former_until > now else set()
        return frozenset({self.key_id, *former})

    def expired(self, now: str) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def busy(self, now: float) -> bool:
        return self.busy_until > now

    def claimed(self, until: int) -> SmtpToken:
        """For whoever saves this, alone: every other change fails until then, and one that was under way fails for good."""
        return replace(self, busy_until=until)

    def activated(self, key_id: str) -> SmtpToken:
        """With its first key."""
        return replace(self, state=TokenState.ACTIVE, key_id=key_id, busy_until=0)

    def with_new_key(self, key_id: str, former_until: str) -> SmtpToken:
        """With a new key beside the current one, which stays good until an instant."""
        return replace(self, key_id=key_id, former_key_id=self.key_id, former_until=former_until, busy_until=0)

    def with_single_key(self) -> SmtpToken:
        """With its current key only."""
        return replace(self, former_key_id="", former_until="", busy_until=0)

    def deleted(self) -> SmtpToken:
        return replace(self.with_single_key(), state=TokenState.DELETED)


def user_name(campaign_id: int) -> str:
    """The IAM user of a token."""
    return f"{USER_PREFIX}{campaign_id}"


def campaign_of(user: str) -> int | None:
    """The token's campaign id in the name of its IAM user, which SES's events tell as ses:caller-identity. None for other users."""
    match = _USER.fullmatch(user)
    return int(match[1]) if match else None
