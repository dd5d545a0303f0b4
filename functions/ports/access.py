"""API keys, rate limits, the audit log, and the people of the console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from functions.core.access.audit import LogEntry
    from functions.core.access.token_bucket import TokenBucket
    from functions.core.access.users import PasswordLink, Session, User


class ApiKey(Struct, frozen=True, kw_only=True):
    """The stored data of a key: never the key itself."""

    secret_id: str  # its SHA-256
    name: str
    prefix: str  # of the key, by which people recognise it
    owner: str  # an email address
    scopes: tuple[str, ...]
    created_at: str
    last_used_at: str | None = None  # to the hour
    revoked_at: str | None = None


class ApiKeys(Protocol):
    def get(self, secret_id: str) -> ApiKey | None: ...

    def put(self, key: ApiKey) -> None: ...

    def all(self) -> list[ApiKey]:
        """Returns all keys, revoked ones included, the oldest first."""

    def rename(self, secret_id: str, name: str) -> ApiKey | None:
        """Returns the updated key, or None if there is no key with this id."""

    def revoke(self, secret_id: str, at: str) -> ApiKey | None:
        """Returns the updated key, or None if there is no key with this id. A revoked key keeps its original revocation time."""

    def used(self, secret_id: str, at: str) -> None:
        """Records the latest use, unless a later one is recorded or the key is deleted."""


class AuditEntries(Protocol):
    """The audit log. Its entries never change."""

    def add(self, entry: LogEntry) -> None: ...

    def latest(self, most: int, before: str = "") -> list[LogEntry]:
        """Returns the latest entries (before the entry with the id `before`), the latest first."""


class TokenBuckets(Protocol):
    """Token buckets (rate limits) that all workers share, by name."""

    def get(self, name: str) -> TokenBucket | None: ...

    def compare_and_set(self, name: str, before: TokenBucket | None, after: TokenBucket) -> bool:
        """Returns False, and changes nothing, if the stored bucket is not `before` (None: there was none)."""


class ConsoleUsers(Protocol):
    """The people of the console, by email address in lower case."""

    def get(self, email: str) -> User | None: ...

    def all(self) -> list[User]:
        """Returns all users in the order of their addresses."""

    def create(self, user: User) -> bool:
        """Returns False, and changes nothing, if the user exists."""

    def update(self, email: str, **changed: object) -> User | None:
        """Sets fields of the user. Returns the updated user, or None if the user does not exist."""

    def delete(self, email: str) -> None: ...


class Sessions(Protocol):
    """Sessions and password links. Storage deletes them some time after they expire."""

    def get(self, session_id: str) -> Session | None: ...

    def put(self, session: Session) -> None: ...

    def delete(self, session_id: str) -> None: ...

    def put_link(self, link: PasswordLink) -> None: ...

    def get_link(self, link_id: str) -> PasswordLink | None: ...

    def take_link(self, link_id: str) -> PasswordLink | None:
        """Deletes the link and returns it. Only one of several callers gets it."""

    def count_guess(self, name: str, expires_at: int, number: int = 1) -> int:
        """Counts an attempt under a name until it expires; -1 removes one. Returns the count with this one."""

    def clear_guesses(self, name: str, expires_at: int) -> None:
        """Sets the count of a name to zero."""


class SentForm(Struct, frozen=True):
    """A form that creates something, as it was sent the first time."""

    content: str  # a hash of what was entered
    result: str  # the path of what it created; empty before it is stored


class SentForms(Protocol):
    """Forms that were sent, by the ids that their pages gave them. Storage deletes them some time after they expire."""

    def claim(self, form_id: str, content: str, expires_at: int) -> SentForm | None:
        """Returns None the first time, and the first one if the form was sent before."""

    def finish(self, form_id: str, result: str) -> None: ...

    def release(self, form_id: str) -> None:
        """The form created nothing: it can be sent again."""


class PasswordResult(Struct, frozen=True):
    """A password was right. `challenge` is the directory's text if it awaits a second factor; without one, `token` is the user's own."""

    challenge: str = ""
    token: str = ""


class UserDirectory(Protocol):
    """The passwords and second factors of the users, by email address in lower case."""

    def create(self, email: str) -> None:
        """Creates the user without a password. Changes nothing if the user exists."""

    def delete(self, email: str) -> None:
        """Changes nothing if the user does not exist."""

    def set_password(self, email: str, password: str) -> None:
        """Raises Rejected if the password is too weak."""

    def check_password(self, email: str, password: str) -> PasswordResult | None:
        """Returns None if the user or the password is wrong. Raises Retry if there are too many attempts."""

    def check_code(self, email: str, challenge: str, code: str) -> bool:
        """Returns whether the code of the second factor is right. Raises Rejected if the challenge has expired."""

    def begin_second_factor(self, token: str) -> str:
        """Returns the new secret of an authenticator app (base32)."""

    def finish_second_factor(self, email: str, token: str, code: str) -> bool:
        """Requires the second factor from now on, if the code is right and the token
        valid. Returns whether they are.
        """

    def remove_second_factor(self, email: str) -> None: ...

    def sign_out(self, email: str) -> None:
        """Ends every token of the user."""
