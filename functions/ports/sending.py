"""What a send goes through: the queue, SES, and what keeps us within its limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from functions.core.emails.pause import Pause
    from functions.core.sending.attachments import Upload
    from functions.core.sending.send import Send
    from functions.core.sending.throttle import SendQuota, SesQuota


class ScheduledPayloads(Protocol):
    def delete(self, send_id: str) -> None:
        """What is kept of a send beside its queue message goes."""


class SendQueue(Protocol):
    def enqueue(self, send: Send, *, delay_seconds: int = 0) -> None:
        """Hand a send to deliver; its size does not matter."""

    def save_scheduled(self, send: Send) -> None:
        """Hold a send that is for later."""

    def enqueue_saved(self, send_id: str, *, delay_seconds: int = 0) -> None:
        """Hand a send that was kept to deliver."""

    def is_empty(self) -> bool:
        """Whether no send waits here or is being worked on, as far as can be told."""

    def dead_letter(self, send: Send, reason: str) -> None:
        """Put a send that cannot be delivered among the dead letters, with the reason for a reader."""


class Uploads(Protocol):
    """Files that callers put there before the send that carries them."""

    def presign(self, upload_id: str, size: int, seconds: int) -> str:
        """Where a file of exactly so many bytes can be PUT, for so long."""

    def head(self, upload_id: str) -> Upload | None:
        """What lies there; None where nothing was put."""

    def read(self, upload: Upload) -> bytes:
        """Raises LookupError where it is not there as it was found (any more)."""


class DeadLetter(Struct, frozen=True):
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
        """SES's message id. Raises core.errors: Throttled, Retry (SES surely has not sent it), OutcomeUnknown, PermanentFailure."""


class OutgoingMail(Struct, frozen=True, kw_only=True):
    sender: str  # the bare address, which picks SES's identity
    recipient: str
    raw: bytes
    transactional: bool
    track_opens: bool
    track_clicks: bool
    tags: Mapping[str, str]
    unsubscribe_id: str = ""  # of the link in it, where it has one


class SendingAccount(Protocol):
    def quota(self) -> SesQuota:
        """What SES lets the account send, as SES tells it now."""


class QuotaStore(Protocol):
    """The one governor of the account's sending. Each raises Retry where it cannot be asked."""

    def get(self) -> SendQuota | None:
        """None where nobody has told it SES's quota yet."""

    def save(self, governor: SendQuota) -> SendQuota | None:
        """As it is stored. None where somebody saved since this one was read: nothing is overwritten."""

    def add_external(self, mails: int) -> None:
        """Note mails that SES sent for others than us. Where there is no governor, nothing."""


class AccountPause(Protocol):
    """The latest pause of all mail that is not transactional."""

    def get(self) -> Pause | None:
        """It may be told a moment late."""

    def compare_and_set(self, before: Pause | None, after: Pause) -> bool:
        """False, and nothing is changed, where it is not as it was `before` any more (None: there was none)."""
