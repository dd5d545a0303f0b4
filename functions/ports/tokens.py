"""SMTP tokens, and the IAM users behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from functions.core.domains.domain import Domain
    from functions.core.tokens.smtp_token import SmtpToken
    from functions.core.tokens.token_change import ChangedToken, TokenChange


class SmtpTokens(Protocol):
    """SMTP tokens, deleted ones included: mail that was sent with one still shows its name."""

    def get(self, campaign_id: int) -> SmtpToken | None: ...

    def by_key(self, key_id: str) -> SmtpToken | None:
        """Returns the token of a present or past access key."""

    def all(self) -> list[SmtpToken]:
        """Returns all tokens, the oldest first."""

    def active(self, after: SmtpToken | None, most: int) -> list[SmtpToken]:
        """Returns active tokens, the oldest first, after one that may have been deleted since; fewer than `most` at the end. A change of a
        moment ago may be missing.
        """

    def save(self, token: SmtpToken) -> SmtpToken | None:
        """Returns the token as stored, or None on a version conflict. Does not change the fields that `touch` writes."""

    def index_key(self, key_id: str, campaign_id: int) -> None:
        """Makes `by_key` find the token by this key."""

    def touch(self, campaign_id: int, at: str, source: str) -> None:
        """Records when a mail of the token was sent, and the address of the sending host. Order and repeats do not matter."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    id: str
    secret: str = field(repr=False)


class SmtpUsers(Protocol):
    """The IAM users of SMTP tokens. Deleting a missing user or key is no error. Each method raises Retry if IAM cannot do it just now."""

    def create(self, name: str) -> None:
        """Creates a user without permissions, unless it exists. Raises Conflict if the account's quota of users is used up."""

    def put_policy(self, name: str, domain: Domain, *, sandbox: bool) -> None:
        """Permits SMTP sending from a domain of the stage through its transactional configuration set. `sandbox` permits mail to the
        verified recipients of an account in SES's sandbox. Raises NotFound if the user does not exist, and Conflict if the user has no
        room for a policy.
        """

    def has_policy(self, name: str, domain: Domain, *, sandbox: bool) -> bool:
        """Returns whether the user has exactly the permission of `put_policy` today: the domain or its set may have changed since."""

    def new_key(self, name: str) -> AccessKey:
        """Raises NotFound if the user does not exist, and Conflict if it has two keys, as many as IAM allows."""

    def keys(self, name: str) -> list[str]:
        """Returns the ids of its access keys, at most two."""

    def disable_key(self, name: str, key_id: str) -> None: ...

    def delete_key(self, name: str, key_id: str) -> None: ...

    def delete_policy(self, name: str) -> None:
        """Revokes the permission of `put_policy`."""

    def delete(self, name: str) -> None:
        """Raises Conflict if the user still has a key or a policy."""

    def all(self) -> list[str]:
        """Returns the names of this stage's users."""


class TokenChanges(Protocol):
    """The function smtp_tokens, for functions whose role may not call IAM."""

    def __call__(self, change: TokenChange) -> ChangedToken:
        """Raises Forbidden, NotFound, Conflict, and Retry if the function failed."""
