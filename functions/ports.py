"""The outside world on one page: what the steps need of it, and which laws each answer keeps. `adapters` make these real on AWS."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # to name them costs the hot path no import
    from functions.core.audit import Entry
    from functions.core.contacts.contact import Contact, Decision
    from functions.core.contacts.subscription import SubscriptionType
    from functions.core.emails.email import Document, Email, Revision
    from functions.core.emails.pause import Pause
    from functions.core.events.places import Place
    from functions.core.events.timeline import Fact
    from functions.core.sending.attachments import Upload
    from functions.core.sending.bucket import TokenBucket
    from functions.core.sending.governor import Governor, Quota
    from functions.core.sending.lifecycle import Act
    from functions.core.sending.send import Message, MessageKey, Send, SendResult, Try
    from functions.core.statistics.periods import Range
    from functions.core.statistics.tally import Addition, Bucket, Cell, Subject, Tally
    from functions.core.tokens.smtp_token import SmtpToken
    from functions.core.webhooks.webhook import Delivery, Endpoint, Job
    from functions.core.webhooks.webhook_events import Event

Clock = Callable[[], float]  # seconds since the epoch
NewId = Callable[[], str]  # a fresh random UUID
NewSecret = Callable[[], str]  # 256 fresh random bits, as text for a URL
NewNumber = Callable[[], int]  # a fresh random number for an email, which JavaScript can hold


class Sends(Protocol):
    """The sends table: one item per recipient's message. Every write is conditional on core.sending.lifecycle."""

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

    def claim(
        self, key: MessageKey, *, now: float, lease_seconds: int, grace_seconds: int, unsubscribe_id: str = ""
    ) -> Message | None:
        """Take a message for one try, or None where it cannot be taken now (held, or final). The try's mail has the unsubscribe link
        with that id, if any.
        """

    def settle(
        self,
        key: MessageKey,
        act: Act,
        *,
        now: float,
        result: SendResult | None = None,
        reason: str = "",
        ses_message_id: str = "",
        failed: Try | None = None,
    ) -> bool:
        """Write the outcome of a try, in the message's list of tries too where one `failed`. False where the lifecycle does not allow
        it any more (an event was quicker).
        """

    def reopen(self, key: MessageKey, *, now: float, grace_seconds: int) -> bool:
        """Queue a message anew that was refused or given up, where SES surely never took it: see lifecycle.reopenable."""

    def record(self, key: MessageKey, *facts: Fact) -> Message | None:
        """Add facts to a message's timeline, together where there is room, and tell the message as it then is. The same fact again
        changes nothing, and an erased message takes none. None where there is no such message (any more).
        """


class Emails(Protocol):
    """Every change of an email is made to the version that was read: where somebody was quicker, nothing is changed."""

    def get(self, email_id: int, *, consistent: bool = False) -> Email | None:
        """Unless `consistent`, what it was a moment ago, for half the price."""

    def all(self) -> list[Email]:
        """Those that are listed, archived ones too, the oldest first; a change may show a moment late."""

    def revision(self, email_id: int, number: int) -> Revision:
        """Raises LookupError: a revision that a send names has always been published."""

    def documents(self, wanted: Sequence[tuple[int, int]]) -> list[Document | None]:
        """Of each email id the document of a revision, or of revision 0: the draft. None where there is none (yet)."""

    def save(self, email: Email, draft: Document | None = None, partner: Email | None = None) -> bool:
        """All of it or nothing; version 0 makes a new email. False where the email, or its partner, is not as it was read (any more)."""

    def publish(self, email: Email, revision: Revision, document: Document) -> None:
        """Store the revision with what it was made from, which becomes the draft too, and make it the email's live one. The same again is
        no harm. Raises Conflict where somebody was quicker.
        """


class Partials(Protocol):
    """Texts that emails share, by name."""

    def get(self, name: str) -> str | None: ...

    def put(self, name: str, text: str) -> None: ...

    def delete(self, name: str) -> bool:
        """False where there was none."""

    def names(self) -> list[str]:
        """In the alphabet's order."""


class Contacts(Protocol):
    """Whom we mail, by address in any case. Each write makes the contact where there is none, and is one where it comes twice; it raises
    Retry where others write the same contact without end.
    """

    def get(self, email: str) -> Contact | None: ...

    def note(self, email: str, properties: Mapping[str, str], at: str) -> Contact:
        """Of a send that was accepted `at`: as it then is. What is known already costs no write, and may be told a moment late."""

    def decide(self, email: str, subscription: str, decision: Decision) -> Contact:
        """About a subscription type, or core.contacts.contact.EVERYTHING."""

    def quarantine(self, email: str, at: str, reason: str) -> None:
        """A hard bounce: no mail that is not transactional goes there any more."""

    def lift(self, email: str, at: str) -> None:
        """Bounces until then count no more."""

    def erase(self, email: str, at: str) -> None:
        """Of whom was known before `at` nothing is left but their wish not to be mailed, under core.ids.mark. It counts again if a
        contact is made of the address; a send or an event from before makes none.
        """

    def complained(self, email: str, at: str) -> None:
        """A report of spam."""


class Suppressions(Protocol):
    """SES's own list of addresses that it does not try any more."""

    def lift(self, email: str) -> bool:
        """Whether the address was on the list for a bounce; what is there for a complaint stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureOrder:
    """An erasure that is under way, and how far it is."""

    address: str  # in lower case
    asked_at: str
    by: str
    key_id: str = ""
    scanned: str = ""  # the batch of the archive that was looked through last
    messages: int = 0  # made anonymous
    canceled: int = 0  # messages that were still to be sent
    events: int = 0  # taken out of the archive, or made anonymous there


class ErasureOrders(Protocol):
    def ask(self, order: ErasureOrder) -> ErasureOrder:
        """As it is stored: an address that is being erased already is not asked for twice."""

    def all(self) -> list[ErasureOrder]:
        """The oldest first."""

    def save(self, order: ErasureOrder) -> None: ...

    def done(self, order: ErasureOrder) -> None:
        """It is forgotten, too."""


class EveryMessage(Protocol):
    def accepted(self, first: str, last: str) -> Iterator[Message]:
        """All messages that were accepted between two days, both included, in no order: as they are now, whatever the indexes say."""


class KeptSends(Protocol):
    def forget(self, send_id: str) -> None:
        """What is kept of a send beside its queue message goes."""


class PersonalMessages(Protocol):
    """Messages by whom they are to."""

    def to(self, address: str, until: str, most: int) -> list[Message]:
        """Those accepted until an instant, the oldest first; a new one may be listed a moment late."""

    def replace(self, before: Message, after: Message) -> bool:
        """False, and nothing is changed, where the message is not as it was `before` any more."""


class SubscriptionTypes(Protocol):
    """Those that users made: the built-in one is core.contacts.subscription.BUILT_IN."""

    def get(self, type_id: str) -> SubscriptionType | None: ...

    def all(self) -> list[SubscriptionType]:
        """The oldest first."""

    def put(self, type_: SubscriptionType) -> None:
        """Made or changed."""


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


class Audit(Protocol):
    """The audit log. What is in it stays as it is."""

    def add(self, entry: Entry) -> None: ...

    def latest(self, most: int, before: str = "") -> list[Entry]:
        """The latest entries, or the latest before the one with an id; the latest first."""


class SmtpTokens(Protocol):
    """SMTP tokens, deleted ones too: mail that was sent with one still has a name."""

    def get(self, campaign_id: int) -> SmtpToken | None: ...

    def by_key(self, key_id: str) -> SmtpToken | None:
        """The token that an access key was ever made for, its current one or an earlier."""

    def all(self) -> list[SmtpToken]:
        """The oldest first."""

    def save(self, token: SmtpToken) -> SmtpToken | None:
        """As it is stored. None where somebody saved since this one was read: nothing is overwritten. Leaves what `seen` writes alone."""

    def name_key(self, key_id: str, campaign_id: int) -> None:
        """From now on `by_key` finds the token by this key."""

    def seen(self, campaign_id: int, at: str, source: str) -> None:
        """Note a mail of the token: when, and the address of the host that it came from. In any order, any number of times."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    id: str
    secret: str = field(repr=False)


class SmtpUsers(Protocol):
    """The IAM users of SMTP tokens; each method is one call to IAM. Where the user, or a key, is not there, ending it is no error."""

    def create(self, name: str) -> None:
        """Without any right yet. Where it exists, nothing. Raises Conflict where the account can have no more users."""

    def permit(self, name: str) -> None:
        """Let it send by SMTP, as the stage's own domain and through the transactional configuration set."""

    def new_key(self, name: str) -> AccessKey:
        """Raises NotFound where there is no such user (any more)."""

    def keys(self, name: str) -> list[str]:
        """The ids of its access keys, two at most."""

    def disable_key(self, name: str, key_id: str) -> None: ...

    def delete_key(self, name: str, key_id: str) -> None: ...

    def forbid(self, name: str) -> None:
        """Take back what `permit` gave."""

    def delete(self, name: str) -> None:
        """Raises Conflict where it has a key or a right still."""

    def all(self) -> list[str]:
        """The names of this stage's."""


class Shelf(StrEnum):
    """Where an event of SES is kept, by what we made of it."""

    EVENTS = "events"  # of mail that we know of
    FOREIGN = "foreign"  # of somebody else's mail
    UNREADABLE = "unreadable"  # not an event as we know them


@dataclass(frozen=True, slots=True)
class RawEvent:
    """`text` is what SES published, `at` the instant (ISO-8601) when it came to our queue."""

    text: str
    at: str
    shelf: Shelf = Shelf.EVENTS


class RawEvents(Protocol):
    """Every event that SES published, as it came, for as long as the deployment's setting says."""

    def keep(self, batch: Sequence[RawEvent]) -> None:
        """All of them, or an exception. The same batch again changes nothing; an event that comes in another batch is kept twice."""

    def between(self, since: str, until: str, shelf: Shelf = Shelf.EVENTS) -> Iterator[Any]:
        """The decoded events that came in the hours between two, both included ("2026-11-23T15"), by hour. What is not JSON is a text."""


class Archive(Protocol):
    """The events that were kept, batch by batch, to change what was kept of a person."""

    def batches(self, after: str = "") -> Iterator[str]:
        """The names of the batches of Shelf.EVENTS in a fixed order, from after one on."""

    def rewrite(self, batch: str, change: Callable[[Any], Any | None]) -> int:
        """Each event of a batch as `change` makes of it, without those of which it makes None; how many it changed."""


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


class Uploads(Protocol):
    """Files that callers put there before the send that carries them."""

    def url(self, upload_id: str, size: int, seconds: int) -> str:
        """Where a file of exactly so many bytes can be PUT, for so long."""

    def find(self, upload_id: str) -> Upload | None:
        """What lies there; None where nothing was put."""

    def read(self, upload: Upload) -> bytes:
        """Raises LookupError where it is not there as it was found (any more)."""


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
    unsubscribe_id: str = ""  # of the link in it, where it has one


@dataclass(frozen=True, slots=True)
class Counted:
    """What one subject counted in one period."""

    period: str
    counters: Mapping[str, int]
    rules: frozenset[int] = frozenset()  # the versions of core.events.machines that told people from machines


@dataclass(frozen=True, slots=True)
class EmailCounters:
    """What one email has counted over a span."""

    email_id: int
    counters: Mapping[str, int]
    rules: frozenset[int] = frozenset()


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


class AccountPause(Protocol):
    """The latest pause of all mail that is not transactional."""

    def get(self) -> Pause | None:
        """It may be told a moment late."""

    def replace(self, before: Pause | None, after: Pause) -> bool:
        """False, and nothing is changed, where it is not as it was `before` any more (None: there was none)."""


class Metrics(Protocol):
    """Counters by cell (core.statistics.tally). Days are '2026-11-23', both ends of a range are included."""

    def tally(self, cell: Cell, shard: str) -> Tally:
        """What the shards that share this one's slot have counted."""

    def add(self, cell: Cell, shard: str, addition: Addition) -> None:
        """Raises Retry where the shard's watermark is not the one that was read: nothing is added then. Other shards are no hindrance."""

    def admit_tags(self, day: str, tags: frozenset[str], most: int) -> frozenset[str]:
        """Every tag that is counted apart on a day, these too as far as no more than `most` are."""

    def tags(self, first: str, last: str) -> list[str]:
        """The tags that were counted apart between two days."""

    def emails(self, first: str, last: str) -> list[int]:
        """The emails that counted anything between two days, or were about to."""

    def by_email(self, since: str, until: str, email_ids: Sequence[int] = ()) -> list[EmailCounters]:
        """Totals between two hours, both included: of the given emails, or of every email that counted anything then."""

    def counted(self, subject: Subject, span: Range) -> list[Counted]:
        """What a subject counted, by hour or day, in their order; periods in which it counted nothing are left out."""


class Listings(Protocol):
    """Where messages stand, the newest first (within an instant the largest key), between two instants that are both included; what was
    accepted a moment ago may be missing.
    """

    def of_address(self, address: str, since: str, until: str) -> Iterator[Place]: ...

    def of_email(self, email_id: int, since: str, until: str) -> Iterator[Place]: ...

    def read(self, listed: Sequence[Place]) -> list[Message]:
        """The messages at these places, in the same order; those that are gone are left out."""


class AcceptedSends(Protocol):
    def between(self, email_id: int, since: str, until: str, most: int) -> list[Message]:
        """An email's messages that were accepted between two instants (the second not included): the first so many of them."""


class WebhookEndpoints(Protocol):
    def get(self, endpoint_id: str) -> Endpoint | None: ...

    def all(self) -> list[Endpoint]:
        """The oldest first; a change may show a moment late."""

    def save(self, endpoint: Endpoint) -> Endpoint | None:
        """As it is stored. None where somebody saved, or deleted it, since this one was read: nothing is overwritten."""

    def delete(self, endpoint_id: str) -> bool:
        """False where there was none."""


class WebhookDeliveries(Protocol):
    """What became of the events at each endpoint; kept for a month."""

    def get(self, endpoint_id: str, delivery_id: str) -> Delivery | None: ...

    def save(self, delivery: Delivery) -> bool:
        """False, and nothing is changed, where as many tries or more are noted already."""

    def latest(self, endpoint_id: str, most: int, before: str = "") -> list[Delivery]:
        """Of the latest events first; `before`: the id of a delivery to go on after."""


class WebhookSecrets(Protocol):
    """The secrets that webhooks are signed with, encrypted by AWS's KMS. Who makes them cannot read them, and who reads cannot make."""

    def put(self, endpoint_id: str, secret: str) -> int:
        """Its version, which is never changed."""

    def get(self, endpoint_id: str, version: int) -> str: ...

    def delete(self, endpoint_id: str) -> None: ...


class WebhookQueue(Protocol):
    def put(self, jobs: Sequence[Job], *, delay_seconds: int = 0) -> None:
        """All of them, or an exception; then some may be queued."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What a receiver answered; `status` 0: nothing, and `error` says why."""

    status: int
    milliseconds: int
    error: str = ""


class Receivers(Protocol):
    """Hosts of webhooks, which may be anybody's: no address is connected to that is not of the public Internet."""

    def refusal(self, url: str) -> str:
        """Why nothing would be posted there; empty where it would."""

    def post(self, url: str, headers: Mapping[str, str], body: str) -> Posted:
        """Follows no redirect, reads no body, takes seconds at most."""


class EventBus(Protocol):
    def put(self, events: Sequence[Event]) -> None:
        """All of them, or Retry; then some may be on it."""
