"""The outside world on one page: what the steps need of it, and which laws each answer keeps. `adapters` make these real on AWS."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from functions.core.email import Email, Revision
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
        """Undo a create whose send could not be queued, unless a worker has touched a message since."""

    def get(self, key: MessageKey) -> Message | None: ...

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


class ApiKeys(Protocol):
    def get(self, secret_id: str) -> ApiKey | None: ...

    def put(self, key: ApiKey) -> None: ...


class SendQueue(Protocol):
    def put(self, send: Send, *, delay_seconds: int = 0) -> None:
        """Hand a send to deliver; its size does not matter."""

    def bury(self, send: Send, reason: str) -> None:
        """Put a send that cannot be delivered among the dead letters, with the reason for a reader."""


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


class Metrics(Protocol):
    def tally(self, bucket: Bucket) -> Tally: ...

    def save(self, bucket: Bucket, tally: Tally) -> None:
        """Raises Retry where somebody saved since this tally was read: nothing is overwritten."""

    def by_email(self, since: str, until: str, email_ids: Sequence[int] = ()) -> list[EmailCounters]:
        """Totals between two hours, both included: of the given emails, or of every email that counted anything then."""
