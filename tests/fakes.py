"""The ports in memory, under the laws that functions/ports.py states. tests/adapters holds each against its adapter's own suite."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from functions.core import ids, instants
from functions.core.audit import Entry
from functions.core.contacts.contact import Contact, Decision
from functions.core.contacts.subscription import SubscriptionType
from functions.core.emails.email import Document, Email, Revision
from functions.core.emails.pause import Pause
from functions.core.errors import Conflict, NotFound, Retry
from functions.core.events import places
from functions.core.events.places import Place
from functions.core.events.timeline import FACTS_MAX, Fact
from functions.core.sending import lifecycle
from functions.core.sending.attachments import Upload
from functions.core.sending.bucket import TokenBucket
from functions.core.sending.governor import Governor
from functions.core.sending.lifecycle import Act
from functions.core.sending.send import Message, MessageKey, Send, SendResult, State, Try
from functions.core.statistics import periods
from functions.core.statistics.periods import Range
from functions.core.statistics.tally import Addition, Bucket, Cell, Kind, Subject, Tally, added, slot
from functions.core.tokens.smtp_token import SmtpToken
from functions.ports import (
    AccessKey,
    ApiKey,
    Counted,
    DeadLetter,
    EmailCounters,
    ErasureOrder,
    OutgoingMail,
    RawEvent,
    Shelf,
)
from functions.steps.heed import PauseCheck
from tests.examples import NOON, NOON_TEXT


@dataclass
class Clock:
    now: float = NOON

    def __call__(self) -> float:
        return self.now


@dataclass
class MemorySends:
    stored: dict[MessageKey, Message] = field(default_factory=dict)

    def create(self, messages: Sequence[Message]) -> bool:
        if any(message.key in self.stored for message in messages):
            return False
        self.stored.update({message.key: message for message in messages})
        return True

    def forget(self, messages: Sequence[Message]) -> None:
        if all(self._untouched(message) for message in messages):
            for message in messages:
                del self.stored[message.key]

    def _untouched(self, message: Message) -> bool:
        kept = self.stored.get(message.key)
        return kept is not None and (kept.state, kept.attempts, kept.accepted_at) == (
            message.state,
            0,
            message.accepted_at,
        )

    def get(self, key: MessageKey) -> Message | None:
        return self.stored.get(key)

    def messages(self, send_id: str) -> list[Message]:
        return [
            self.stored[key] for key in sorted(self.stored, key=lambda key: key.recipient) if key.send_id == send_id
        ]

    def due(self, hour: str, until: str) -> list[Message]:
        scheduled = [message for message in self.stored.values() if message.state is State.SCHEDULED]
        return [one for one in scheduled if instants.hour(one.due_at or "") == hour and (one.due_at or "") <= until]

    def unfinished(self, bucket: Bucket) -> list[Message]:
        return [
            message
            for message in self.stored.values()
            if Bucket(message.email_id, instants.hour(message.accepted_at)) == bucket
            and message.state in {State.QUEUED, State.SENDING}
        ]

    def claim(
        self, key: MessageKey, *, now: float, lease_seconds: int, grace_seconds: int, unsubscribe_id: str = ""
    ) -> Message | None:
        message = self.stored.get(key)
        if not message or message.state in lifecycle.FINAL or lifecycle.claimable_from(message, grace_seconds) > now:
            return None
        return self._keep(
            message,
            state=State.SENDING,
            attempts=message.attempts + 1,
            lease_until=int(now) + lease_seconds,
            started_at=message.started_at or instants.iso(now),
            unsubscribe_id=unsubscribe_id or message.unsubscribe_id,
        )

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
        message = self.stored.get(key)
        after = lifecycle.TRANSITIONS.get((message.state, act)) if message else None
        if not message or not after:
            return False
        self._keep(
            message,
            state=after,
            result=result or message.result,
            reason=reason,
            ses_message_id=ses_message_id or message.ses_message_id,
            tries=(*message.tries, failed) if failed else message.tries,
            settled_at=instants.iso(now) if after in lifecycle.FINAL else message.settled_at,
        )
        return True

    def reopen(self, key: MessageKey, *, now: float, grace_seconds: int) -> bool:
        message = self.stored.get(key)
        if not message or not lifecycle.reopenable(message, int(now), grace_seconds):
            return False
        self._keep(message, state=lifecycle.target(Act.REOPEN), result=None, reason="", settled_at=None)
        return True

    def record(self, key: MessageKey, *facts: Fact) -> Message | None:
        message = self.stored.get(key)
        for fact in facts:
            if message and not message.erased and (fact.key in message.timeline or len(message.timeline) < FACTS_MAX):
                message = self._keep(message, timeline={**message.timeline, fact.key: fact.to_item()})
        return message

    def _keep(self, message: Message, **changed: Any) -> Message:
        self.stored[message.key] = replace(message, **changed)
        return self.stored[message.key]


@dataclass
class MemoryEmails:
    live: dict[int, Email] = field(default_factory=dict)
    revisions: dict[tuple[int, int], Revision] = field(default_factory=dict)
    kept: dict[tuple[int, int], Document] = field(default_factory=dict)

    def get(self, email_id: int, *, consistent: bool = False) -> Email | None:
        return self.live.get(email_id)

    def all(self) -> list[Email]:
        return sorted((one for one in self.live.values() if one.created_at), key=lambda one: one.created_at)

    def revision(self, email_id: int, number: int) -> Revision:
        return self.revisions[email_id, number]

    def documents(self, wanted: Sequence[tuple[int, int]]) -> list[Document | None]:
        return [self.kept.get(one) for one in wanted]

    def save(self, email: Email, draft: Document | None = None, partner: Email | None = None) -> bool:
        changed = [one for one in (email, partner) if one]
        if any(self._version(one.id) != one.version for one in changed):
            return False
        self.live.update({one.id: replace(one, version=one.version + 1) for one in changed})
        if draft:
            self.kept[email.id, 0] = draft
        return True

    def publish(self, email: Email, revision: Revision, document: Document) -> None:
        known = self.revisions.get((email.id, revision.number))
        if known == revision and self.kept[email.id, revision.number] == document:
            return
        if known or self._version(email.id) != email.version:
            raise Conflict(f"email {email.id} was changed by somebody else")
        self.revisions[email.id, revision.number] = revision
        self.kept[email.id, 0] = self.kept[email.id, revision.number] = document
        self.live[email.id] = replace(email, version=email.version + 1)

    def _version(self, email_id: int) -> int:
        return self.live[email_id].version if email_id in self.live else 0


@dataclass
class MemoryPartials:
    stored: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        return self.stored.get(name)

    def put(self, name: str, text: str) -> None:
        self.stored[name] = text

    def delete(self, name: str) -> bool:
        return self.stored.pop(name, None) is not None

    def names(self) -> list[str]:
        return sorted(self.stored)


@dataclass
class MemoryContacts:
    stored: dict[str, Contact] = field(default_factory=dict)
    forgotten: dict[str, Contact] = field(default_factory=dict)  # by the mark of its address

    def get(self, email: str) -> Contact | None:
        if known := self.stored.get(email.lower()):
            return known
        kept = self.forgotten.get(ids.mark(email))
        return replace(kept, email=email.lower()) if kept else None

    def note(self, email: str, properties: Mapping[str, str], at: str) -> Contact:
        return self._change(email, at, lambda contact: contact.noted(properties, at))

    def decide(self, email: str, subscription: str, decision: Decision) -> Contact:
        return self._change(email, decision.at, lambda contact: contact.decided(subscription, decision))

    def quarantine(self, email: str, at: str, reason: str) -> None:
        self._change(email, at, lambda contact: contact.bounced(at, reason))

    def lift(self, email: str, at: str) -> None:
        self._change(email, at, lambda contact: contact.lifted(at))

    def complained(self, email: str, at: str) -> None:
        self._change(email, at, lambda contact: contact.complained(at))

    def erase(self, email: str, at: str) -> None:
        known = self.get(email) or Contact(email=email.lower(), created_at=at)
        self.forgotten[ids.mark(email)] = known.erased(at, ids.mark(email))
        self.stored.pop(email.lower(), None)

    def _change(self, email: str, at: str, change: Callable[[Contact], Contact]) -> Contact:
        before = self.stored.get(email.lower())
        kept = self.forgotten.get(ids.mark(email)) if before is None else None
        if kept and at <= kept.created_at:
            return change(replace(kept, email=email.lower()))
        after = change(before or replace(kept or Contact(email="", created_at=""), email=email.lower(), created_at=at))
        if after != before:
            self.stored[after.email] = replace(after, version=after.version + 1)
        return self.stored[after.email]


@dataclass
class MemoryErasureOrders:
    stored: dict[str, ErasureOrder] = field(default_factory=dict)

    def ask(self, order: ErasureOrder) -> ErasureOrder:
        return self.stored.setdefault(order.address, order)

    def all(self) -> list[ErasureOrder]:
        return sorted(self.stored.values(), key=lambda order: order.asked_at)

    def save(self, order: ErasureOrder) -> None:
        self.stored[order.address] = order

    def done(self, order: ErasureOrder) -> None:
        self.stored.pop(order.address, None)


@dataclass
class MemoryEveryMessage:
    sends: MemorySends

    def accepted(self, first: str, last: str) -> Iterator[Message]:
        found = [one for one in self.sends.stored.values() if first <= periods.day(one.accepted_at) <= last]
        return iter(found)


@dataclass
class MemoryPersonalMessages:
    sends: MemorySends

    def to(self, address: str, until: str, most: int) -> list[Message]:
        found = [one for one in self.sends.stored.values() if one.address == address and one.accepted_at <= until]
        return sorted(found, key=lambda one: one.accepted_at)[:most]

    def replace(self, before: Message, after: Message) -> bool:
        if self.sends.stored.get(before.key) != before:
            return False
        self.sends.stored[before.key] = after
        return True


@dataclass
class MemorySubscriptionTypes:
    stored: dict[str, SubscriptionType] = field(default_factory=dict)

    def get(self, type_id: str) -> SubscriptionType | None:
        return self.stored.get(type_id)

    def all(self) -> list[SubscriptionType]:
        return sorted(self.stored.values(), key=lambda type_: (type_.created_at, type_.id))

    def put(self, type_: SubscriptionType) -> None:
        self.stored[type_.id] = type_


@dataclass
class MemoryApiKeys:
    stored: dict[str, ApiKey] = field(default_factory=dict)

    def get(self, secret_id: str) -> ApiKey | None:
        return self.stored.get(secret_id)

    def put(self, key: ApiKey) -> None:
        self.stored[key.secret_id] = key

    def all(self) -> list[ApiKey]:
        return sorted(self.stored.values(), key=lambda key: (key.created_at, key.secret_id))

    def rename(self, secret_id: str, name: str) -> ApiKey | None:
        return self._keep(secret_id, name=name)

    def revoke(self, secret_id: str, at: str) -> ApiKey | None:
        known = self.stored.get(secret_id)
        return self._keep(secret_id, revoked_at=(known and known.revoked_at) or at)

    def used(self, secret_id: str, at: str) -> None:
        known = self.stored.get(secret_id)
        if known and (known.last_used_at or "") < at:
            self._keep(secret_id, last_used_at=at)

    def _keep(self, secret_id: str, **changed: Any) -> ApiKey | None:
        if secret_id in self.stored:
            self.stored[secret_id] = replace(self.stored[secret_id], **changed)
        return self.stored.get(secret_id)


@dataclass
class MemoryAudit:
    entries: dict[str, Entry] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        self.entries[entry.id] = entry

    def latest(self, most: int, before: str = "") -> list[Entry]:
        found = sorted((one for one in self.entries if not before or one < before), reverse=True)
        return [self.entries[one] for one in found[:most]]


@dataclass
class MemoryBuckets:
    stored: dict[str, TokenBucket] = field(default_factory=dict)

    def get(self, name: str) -> TokenBucket | None:
        return self.stored.get(name)

    def replace(self, name: str, before: TokenBucket | None, after: TokenBucket) -> bool:
        if self.stored.get(name) != before:
            return False
        self.stored[name] = after
        return True


@dataclass
class MemoryQueue:
    waiting: list[tuple[Send, int]] = field(default_factory=list)  # with its delay in seconds
    buried: list[tuple[Send, str]] = field(default_factory=list)
    kept: dict[str, Send] = field(default_factory=dict)

    def keep(self, send: Send) -> None:
        self.kept[send.id] = send

    def put_kept(self, send_id: str, *, delay_seconds: int = 0) -> None:
        self.put(self.kept[send_id], delay_seconds=delay_seconds)

    def forget(self, send_id: str) -> None:
        self.kept.pop(send_id, None)

    def put(self, send: Send, *, delay_seconds: int = 0) -> None:
        self.waiting.append((send, delay_seconds))

    def idle(self) -> bool:
        return not self.waiting

    def bury(self, send: Send, reason: str) -> None:
        self.buried.append((send, reason))


@dataclass
class MemoryUploads:
    files: dict[str, tuple[Upload, bytes]] = field(default_factory=dict)

    def url(self, upload_id: str, size: int, seconds: int) -> str:
        return f"https://uploads.example/{upload_id}?size={size}&seconds={seconds}"

    def put(self, upload_id: str, octets: bytes, at: str = NOON_TEXT) -> Upload:
        """What a caller does with the URL."""
        version = hashlib.sha256(octets).hexdigest()
        upload = Upload(upload_id, size=len(octets), version=version, at=at)
        self.files[upload_id] = (upload, octets)
        return upload

    def find(self, upload_id: str) -> Upload | None:
        return self.files[upload_id][0] if upload_id in self.files else None

    def read(self, upload: Upload) -> bytes:
        there, octets = self.files[upload.id]
        if there != upload:
            raise LookupError(upload.id)
        return octets


@dataclass
class MemoryDeadLetters:
    letters: list[DeadLetter] = field(default_factory=list)

    def all(self) -> list[DeadLetter]:
        return list(self.letters)

    def remove(self, letter: DeadLetter) -> None:
        self.letters.remove(letter)

    def put_back(self, letter: DeadLetter) -> None:
        return None


@dataclass
class MemoryMailer:
    """SES. `answers` are raised, one a call, before any mail is taken; None takes it."""

    answers: list[Exception | None] = field(default_factory=list)
    taken: list[OutgoingMail] = field(default_factory=list)

    def send(self, mail: OutgoingMail) -> str:
        if self.answers and (answer := self.answers.pop(0)):
            raise answer
        self.taken.append(mail)
        return f"ses-{len(self.taken)}"


@dataclass
class MemoryAccountPause:
    stored: Pause | None = None

    def get(self) -> Pause | None:
        return self.stored

    def replace(self, before: Pause | None, after: Pause) -> bool:
        if self.stored != before:
            return False
        self.stored = after
        return True


def never_paused() -> PauseCheck:
    return PauseCheck(emails=MemoryEmails(), account=lambda: None, clock=Clock())


@dataclass
class MemoryMetrics:
    tallies: dict[tuple[Cell, int], Tally] = field(default_factory=dict)
    admitted: dict[str, frozenset[str]] = field(default_factory=dict)
    writes: int = 0

    def tally(self, cell: Cell, shard: str) -> Tally:
        return self.tallies.get((cell, slot(shard)), Tally())

    def add(self, cell: Cell, shard: str, addition: Addition) -> None:
        tally = self.tally(cell, shard)
        if tally.watermarks.get(addition.shard) != addition.seen:
            raise Retry(f"another worker counted the same changes of {cell}")
        self.tallies[cell, slot(shard)] = added(tally, addition)
        self.writes += 1

    def admit_tags(self, day: str, tags: frozenset[str], most: int) -> frozenset[str]:
        known = self.admitted.get(day, frozenset())
        new = sorted(tags - known)[: max(0, most - len(known))]
        if new:
            self.admitted[day] = known.union(new)
            self.writes += 1
        return known.union(new)

    def tags(self, first: str, last: str) -> list[str]:
        return sorted({tag for day, tags in self.admitted.items() if first <= day <= last for tag in tags})

    def emails(self, first: str, last: str) -> list[int]:
        days = self._cells(Subject(Kind.ACCOUNT), Range(first, last, days=True))
        return sorted({email_id for _, tally in days for email_id in tally.emails})

    def by_email(self, since: str, until: str, email_ids: Sequence[int] = ()) -> list[EmailCounters]:
        wanted = email_ids or self.emails(periods.day(since), periods.day(until))
        totals = [self._email(email_id, periods.covering(since, until)) for email_id in wanted]
        return [total for total in totals if total.counters]

    def _email(self, email_id: int, spans: Sequence[Range]) -> EmailCounters:
        total: Counter[str] = Counter()
        rules: frozenset[int] = frozenset()
        for counted in (one for span in spans for one in self.counted(Subject(Kind.EMAIL, str(email_id)), span)):
            total.update(counted.counters)
            rules |= counted.rules
        return EmailCounters(email_id, dict(total), rules)

    def counted(self, subject: Subject, span: Range) -> list[Counted]:
        totals: dict[str, Counter[str]] = {}
        rules: dict[str, frozenset[int]] = {}
        for period, tally in self._cells(subject, span):
            totals.setdefault(period, Counter()).update(tally.counters)
            rules[period] = rules.get(period, frozenset()) | tally.rules
        return [Counted(period, dict(totals[period]), rules[period]) for period in sorted(totals)]

    def _cells(self, subject: Subject, span: Range) -> list[tuple[str, Tally]]:
        return [
            (cell.period, tally)
            for (cell, _), tally in self.tallies.items()
            if cell.subject == subject and span.days != ("T" in cell.period) and span.first <= cell.period <= span.last
        ]


@dataclass
class MemoryAccepted:
    sends: MemorySends

    def between(self, email_id: int, since: str, until: str, most: int) -> list[Message]:
        ours = [message for message in self.sends.stored.values() if message.email_id == email_id]
        found = [message for message in ours if since <= message.accepted_at < until]
        return sorted(found, key=lambda one: (one.accepted_at, one.key.send_id, one.key.recipient))[:most]


@dataclass
class MemoryListings:
    sends: MemorySends

    def of_address(self, address: str, since: str, until: str) -> Iterator[Place]:
        return self._listed(since, until, lambda message: message.address == address)

    def of_email(self, email_id: int, since: str, until: str) -> Iterator[Place]:
        return self._listed(since, until, lambda message: message.email_id == email_id)

    def _listed(self, since: str, until: str, fits: Callable[[Message], bool]) -> Iterator[Place]:
        found = (one for one in self.sends.stored.values() if since <= one.accepted_at <= until and fits(one))
        return iter(sorted(map(places.place, found), reverse=True))

    def read(self, listed: Sequence[Place]) -> list[Message]:
        found = (self.sends.get(MessageKey(one.send_id, one.recipient)) for one in listed)
        return [message for message in found if message]


@dataclass
class MemoryGovernors:
    stored: Governor | None = None

    def get(self) -> Governor | None:
        return self.stored

    def save(self, governor: Governor) -> Governor | None:
        if (self.stored.version if self.stored else 0) != governor.version:
            return None
        self.stored = replace(governor, version=governor.version + 1)
        return self.stored

    def add_foreign(self, mails: int) -> None:
        if self.stored:
            self.stored = replace(self.stored, foreign=self.stored.foreign + mails)


@dataclass
class MemoryRawEvents:
    kept: dict[int, list[RawEvent]] = field(default_factory=dict)

    def keep(self, batch: Sequence[RawEvent]) -> None:
        self.kept[hash(frozenset(batch))] = list(batch)

    def between(self, since: str, until: str, shelf: Shelf = Shelf.EVENTS) -> Iterator[Any]:
        events = sorted((event for batch in self.kept.values() for event in batch), key=lambda event: event.at)
        for event in events:
            if event.shelf is shelf and since <= instants.hour(event.at) <= until:
                yield _decoded(event.text)

    def batches(self, after: str = "") -> Iterator[str]:
        return (name for name in map("{:06}".format, range(len(self.kept))) if name > after)

    def rewrite(self, batch: str, change: Callable[[Any], Any | None]) -> int:
        key = list(self.kept)[int(batch)]
        before = [event for event in self.kept[key] if event.shelf is Shelf.EVENTS]
        after = {event: change(_decoded(event.text)) for event in before}
        others = [event for event in self.kept[key] if event.shelf is not Shelf.EVENTS]
        left = [replace(event, text=json.dumps(new)) for event, new in after.items() if new is not None]
        changed = [event for event, new in after.items() if new != _decoded(event.text)]
        if changed:
            self.kept[key] = [*others, *left]
        return len(changed)


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


class Killed(BaseException):
    """The worker is gone: no handler of its own may see it."""


@dataclass
class Life:
    """Counts a worker's calls to the world, and ends it at one of them: just before its effect, or just after."""

    calls: int
    after: bool = False

    def guard(self, port: Any) -> Any:
        return _Guarded(self, port)

    def call(self, method: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        self.calls -= 1
        if self.calls < 0 and not self.after:
            raise Killed
        answer = method(*args, **kwargs)
        if self.calls < 0:
            raise Killed
        return answer


@dataclass
class _Guarded:
    life: Life
    port: Any

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: self.life.call(getattr(self.port, name), args, kwargs)


@dataclass
class MemorySmtpTokens:
    stored: dict[int, SmtpToken] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)

    def get(self, campaign_id: int) -> SmtpToken | None:
        return self.stored.get(campaign_id)

    def by_key(self, key_id: str) -> SmtpToken | None:
        return self.stored.get(self.named.get(key_id, 0))

    def all(self) -> list[SmtpToken]:
        return sorted(self.stored.values(), key=lambda token: (token.created_at, token.campaign_id))

    def save(self, token: SmtpToken) -> SmtpToken | None:
        known = self.stored.get(token.campaign_id)
        if (known.version if known else 0) != token.version:
            return None
        written = ("used_at", "first_source", "first_used_at", "last_source")
        seen: dict[str, Any] = {name: getattr(known, name, None) for name in written}
        self.stored[token.campaign_id] = replace(token, version=token.version + 1, **seen)
        return self.stored[token.campaign_id]

    def name_key(self, key_id: str, campaign_id: int) -> None:
        self.named[key_id] = campaign_id

    def seen(self, campaign_id: int, at: str, source: str) -> None:
        known = self.stored.get(campaign_id)
        if known:
            if (known.used_at or "") < at:
                known = replace(known, used_at=at, last_source=source)
            if not known.first_used_at or at < known.first_used_at:
                known = replace(known, first_used_at=at, first_source=source)
            self.stored[campaign_id] = known


@dataclass
class MemorySmtpUsers:
    """IAM: users with their right and their keys, by id, with whether each is on."""

    users: dict[str, dict[str, bool]] = field(default_factory=dict)
    permitted: set[str] = field(default_factory=set)
    users_max: int = 5000
    keys_made: int = 0

    def create(self, name: str) -> None:
        if name not in self.users and len(self.users) >= self.users_max:
            raise Conflict("this AWS account has as many IAM users as it may have")
        self.users.setdefault(name, {})

    def permit(self, name: str) -> None:
        if name not in self.users:
            raise NotFound(name)
        self.permitted.add(name)

    def new_key(self, name: str) -> AccessKey:
        if name not in self.users:
            raise NotFound(name)
        if len(self.users[name]) == 2:
            raise Conflict("two keys are the most")
        self.keys_made += 1
        key = AccessKey(f"AKIA{self.keys_made:016}", f"secret-{self.keys_made}")
        self.users[name][key.id] = True
        return key

    def keys(self, name: str) -> list[str]:
        return list(self.users.get(name, {}))

    def disable_key(self, name: str, key_id: str) -> None:
        if key_id in self.users.get(name, {}):
            self.users[name][key_id] = False

    def delete_key(self, name: str, key_id: str) -> None:
        self.users.get(name, {}).pop(key_id, None)

    def forbid(self, name: str) -> None:
        self.permitted.discard(name)

    def delete(self, name: str) -> None:
        if self.users.get(name) or name in self.permitted:
            raise Conflict(f"{name} has a key or a right still")
        self.users.pop(name, None)

    def all(self) -> list[str]:
        return list(self.users)
