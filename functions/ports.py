"""The outside world on one page: what the steps need of it, and which laws each answer keeps. `adapters` make these real on AWS."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from functions.core.bucket import TokenBucket
from functions.core.email import Email, Revision
from functions.core.governor import Governor, Quota
from functions.core.lifecycle import Act
from functions.core.send import Message, MessageKey, Send, SendResult
from functions.core.tally import Bucket, Tally
from functions.core.timeline import Fact

Clock = Callable[[], float]  # seconds since the epoch
NewId = Callable[[], str]  # a fresh random UUID
NewSecret = Callable[[], str]  # 256 fresh random bits, as text for a URL


class Sends(Protocol):
    """The sends table: one item per recipient's message. Every write is conditional on core.lifecycle."""

    def create(self, messages: Sequence[Message]) -> bool:
        """All messages of a new send, or none: False where the send exists already."""

    def forget(self, messages: Sequence[Message]) -> None:
        """Undo a create whose send could not be queued: as a whole, or not at all where a worker has touched a message since."""

    def get(self, key: MessageKey) -> Message | None: ...

    def due(self, hour: str, until: str) -> list[Message]:
        """Scheduled messages whose time is in an hour, and not after `until`."""

    def unfinished(self, bucket: Bucket) -> list[Message]:
        """Messages of one email that were accepted in one hour and wait in the queue or for their outcome."""

    def messages(self, send_id: str) -> list[Message]:
        """Every recipient's message of a send, the To's first; none where there is no such send."""

    def claim(self, key: MessageKey, *, now: float, lease_seconds: int, grace_seconds: int) -> Message | None:
        """Take a message for one try, or None where it cannot be taken now (held, or final)."""

    def settle(
        self,
        key: MessageKey,
        act: Act,
        *,
        now: float,
        result: SendResult | None = None,
        reason: str = "",
        ses_message_id: str = "",
    ) -> bool:
        """Write the outcome of a try. False where the lifecycle does not allow it any more (an event was quicker)."""

    def reopen(self, key: MessageKey, *, now: float, grace_seconds: int) -> bool:
        """Queue a message anew that was refused or given up, where SES surely never took it: see lifecycle.reopenable."""

    def record(self, key: MessageKey, fact: Fact) -> Message | None:
        """Add a fact to a message's timeline, and tell the message as it then is. The same fact again changes nothing. None where
        there is no such message (any more).
        """


class Emails(Protocol):
    def get(self, email_id: int) -> Email | None: ...

    def revision(self, email_id: int, number: int) -> Revision:
        """Raises LookupError: a revision that a send names has always been published."""

    def publish(self, email: Email, revision: Revision) -> None:
        """Store the revision and make it the email's live one. Raises ValueError where that number was published with other content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is stored of a key: never the key itself."""

    secret_id: str  # its SHA-256
    name: str
    prefix: str  # of the key, for people to tell keys apart
    owner: str  # an email address
    scopes: tuple[str, ...]
    created_at: str
    last_used_at: str | None = None  # to the hour
    revoked_at: str | None = None


class ApiKeys(Protocol):
    def get(self, secret_id: str) -> ApiKey | None: ...

    def put(self, key: ApiKey) -> None: ...

    def all(self) -> list[ApiKey]:
        """Revoked ones too, the oldest first."""

    def rename(self, secret_id: str, name: str) -> ApiKey | None:
        """As it then is. None where there is no such key."""

    def revoke(self, secret_id: str, at: str) -> ApiKey | None:
        """As it then is: a key that was revoked before stays so since then. None where there is no such key."""

    def used(self, secret_id: str, at: str) -> None:
        """Note the latest use, unless a later one is noted or the key is gone."""


class Buckets(Protocol):
    """Token buckets that all workers share, by name."""

    def get(self, name: str) -> TokenBucket | None: ...

    def replace(self, name: str, before: TokenBucket | None, after: TokenBucket) -> bool:
        """False, and nothing is changed, where the bucket is not as it was `before` any more (None: there was none)."""


class SendQueue(Protocol):
    def put(self, send: Send, *, delay_seconds: int = 0) -> None:
        """Hand a send to deliver; its size does not matter."""

    def keep(self, send: Send) -> None:
        """Hold a send that is for later."""

    def put_kept(self, send_id: str, *, delay_seconds: int = 0) -> None:
        """Hand a send that was kept to deliver."""

    def idle(self) -> bool:
        """Whether no send waits here or is being worked on, as far as can be told."""

    def bury(self, send: Send, reason: str) -> None:
        """Put a send that cannot be delivered among the dead letters, with the reason for a reader."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    send: Send | None  # None: it cannot be read
    reason: str  # empty where SQS buried it
    handle: str


class DeadLetters(Protocol):
    """Sends that could not be delivered."""

    def all(self) -> list[DeadLetter]:
        """Each is ours for a quarter of an hour."""

    def remove(self, letter: DeadLetter) -> None: ...

    def put_back(self, letter: DeadLetter) -> None: ...


class Mailer(Protocol):
    """SES, one recipient per call."""

    def send(self, mail: OutgoingMail) -> str:
        """SES's message id. Raises core.errors: Throttled, Retry (SES surely has not sent it), OutcomeUnknown, GiveUp."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    sender: str  # the bare address, which picks SES's identity
    recipient: str
    raw: bytes
    transactional: bool
    track_opens: bool
    track_clicks: bool
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EmailCounters:
    """What one email has counted over a span."""

    email_id: int
    counters: Mapping[str, int]


class SendingAccount(Protocol):
    def quota(self) -> Quota:
        """What SES lets the account send, as SES tells it now."""


class Governors(Protocol):
    """The one governor of the account's sending. Each raises Retry where it cannot be asked."""

    def get(self) -> Governor | None:
        """None where nobody has told it SES's quota yet."""

    def save(self, governor: Governor) -> Governor | None:
        """As it is stored. None where somebody saved since this one was read: nothing is overwritten."""

    def add_foreign(self, mails: int) -> None:
        """Note mails that SES sent for others than us. Where there is no governor, nothing."""


class Metrics(Protocol):
    def tally(self, bucket: Bucket) -> Tally: ...

    def save(self, bucket: Bucket, tally: Tally) -> None:
        """Raises Retry where somebody saved since this tally was read: nothing is overwritten."""

    def pending(self, since: str, until: str) -> list[Bucket]:
        """Where something waits for its outcome, among the hours between two, both included."""

    def by_email(self, since: str, until: str, email_ids: Sequence[int] = ()) -> list[EmailCounters]:
        """Totals between two hours, both included: of the given emails, or of every email that counted anything then."""
