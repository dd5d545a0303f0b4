"""SMTP tokens, and the IAM users behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from functions.core.tokens.smtp_token import SmtpToken


class SmtpTokens(Protocol):
    """SMTP tokens, deleted ones too: mail that was sent with one still has a name."""

    def get(self, campaign_id: int) -> SmtpToken | None: ...

    def by_key(self, key_id: str) -> SmtpToken | None:
        """The token that an access key was ever made for, its current one or an earlier."""

    def all(self) -> list[SmtpToken]:
        """The oldest first."""

    def save(self, token: SmtpToken) -> SmtpToken | None:
        """As it is stored. None where somebody saved since this one was read: nothing is overwritten. Leaves what `seen` writes alone."""

    def index_key(self, key_id: str, campaign_id: int) -> None:
        """From now on `by_key` finds the token by this key."""

    def touch(self, campaign_id: int, at: str, source: str) -> None:
        """Note a mail of the token: when, and the address of the host that it came from. In any order, any number of times."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    id: str
    secret: str = field(repr=False)


class SmtpUsers(Protocol):
    """The IAM users of SMTP tokens; each method is one call to IAM. Where the user, or a key, is not there, ending it is no error."""

    def create(self, name: str) -> None:
        """Without any right yet. Where it exists, nothing. Raises Conflict where the account can have no more users."""

    def put_policy(self, name: str) -> None:
        """Let it send by SMTP, as the stage's own domain and through the transactional configuration set."""

    def new_key(self, name: str) -> AccessKey:
        """Raises NotFound where there is no such user (any more)."""

    def keys(self, name: str) -> list[str]:
        """The ids of its access keys, two at most."""

    def disable_key(self, name: str, key_id: str) -> None: ...

    def delete_key(self, name: str, key_id: str) -> None: ...

    def delete_policy(self, name: str) -> None:
        """Take back what `permit` gave."""

    def delete(self, name: str) -> None:
        """Raises Conflict where it has a key or a right still."""

    def all(self) -> list[str]:
        """The names of this stage's."""
