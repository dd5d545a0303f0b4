"""The account's sending as a whole: SES's quota, the pause of marketing mail, and dead letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from functions.core.account.dedicated_ips import DedicatedIp, ReverseName, SendingPool
    from functions.core.emails.pause import Pause
    from functions.core.sending.send import Send
    from functions.core.sending.throttle import SendQuota, SesQuota


class DeadLetter(Struct, frozen=True):
    send: Send | None  # None: it cannot be read
    reason: str  # empty if SQS itself moved it here
    handle: str


class ActiveAlarm(Struct, frozen=True):
    """An alarm of the stage that is on. Its meaning has what to do."""

    name: str
    meaning: str
    since: str


class Alarms(Protocol):
    def active(self) -> list[ActiveAlarm]:
        """Returns the stage's alarms that are on, the newest first."""


class DeadLetters(Protocol):
    """Sends that could not be delivered."""

    def batches(self) -> Iterator[Sequence[DeadLetter]]:
        """Yields every letter, a few at a time, and hides it from other readers for a quarter of an hour."""

    def peek(self, most: int) -> list[DeadLetter]:
        """Returns the first letters, and hides none from other readers."""

    def remove(self, *letters: DeadLetter) -> None: ...

    def put_back(self, *letters: DeadLetter) -> None: ...


class SweepPosition(Protocol):
    """The place at which a sweep's time was over: the next one continues there."""

    def get(self) -> str:
        """Returns an empty text if the latest sweep came to its end."""

    def set(self, position: str) -> None: ...


class SendingAccount(Protocol):
    def quota(self) -> SesQuota:
        """Reads the account's sending quota from SES."""


class DedicatedIps(Protocol):
    """The IP addresses that the stage's transactional mail leaves from."""

    def pool(self) -> SendingPool: ...

    def addresses(self, pool: SendingPool) -> list[DedicatedIp]:
        """Returns the addresses without names and block lists. The shared pool has none."""

    def block_lists(self, addresses: list[str]) -> Mapping[str, tuple[str, ...]] | None:
        """Returns the block lists that have each address, or None if SES does not report them."""


class ReverseDns(Protocol):
    def name(self, address: str) -> ReverseName | None:
        """Returns None if the address has no name, or if DNS does not answer."""


class QuotaStore(Protocol):
    """The one send quota that all workers share. Each method raises Retry if it cannot be reached."""

    def get(self) -> SendQuota | None:
        """Returns None if SES's quota was never read."""

    def save(self, quota: SendQuota) -> SendQuota | None:
        """Returns the quota as stored, or None on a version conflict."""

    def add_external(self, mails: int) -> None:
        """Counts mail that SES sent without us. Does nothing if there is no quota."""


class AccountPause(Protocol):
    """The latest pause of all marketing mail."""

    def get(self) -> Pause | None:
        """May be a moment out of date."""

    def compare_and_set(self, before: Pause | None, after: Pause) -> bool:
        """Returns False, and changes nothing, if the stored pause is not `before` (None: there was none)."""
