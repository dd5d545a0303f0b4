"""Sends and their messages, the send queue, uploaded files, and SES."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from functions.core import timestamps
from functions.core.events import listings, pagination
from functions.core.events.listings import MessageListing
from functions.core.events.pagination import Position
from functions.core.events.timeline import TimelineEvent
from functions.core.outcomes import SendResult
from functions.core.sending import lifecycle
from functions.core.sending.attachments import Upload
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import Attempt, Message, MessageKey, Send, State
from functions.core.sending.sent_content import SentContent
from functions.core.statistics import periods
from functions.ports.sending import OutgoingMail
from functions.steps.sending.check_pause import CheckPause
from tests.fakes import Clock
from tests.fakes.emails import MemoryEmails
from tests.support.examples import NOON_TEXT


@dataclass
class MemorySends:
    stored: dict[MessageKey, Message] = field(default_factory=dict)

    def create(self, messages: Sequence[Message]) -> bool:
        if any(message.key in self.stored for message in messages):
            return False
        self.stored.update({message.key: message for message in messages})
        return True

    def rollback(self, messages: Sequence[Message]) -> None:
        if all(self._untouched(message) for message in messages):
            for message in messages:
                del self.stored[message.key]

    def replace_refused(self, refused: Sequence[Message], messages: Sequence[Message]) -> bool:
        if not all(self._untouched(message) for message in refused):
            return False
        for message in refused:
            del self.stored[message.key]
        return self.create(messages)

    def _untouched(self, message: Message) -> bool:
        stored = self.stored.get(message.key)
        return stored is not None and (stored.state, stored.attempts, stored.accepted_at) == (
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

    def claim(
        self,
        key: MessageKey,
        *,
        now: float,
        lease_seconds: int,
        grace_seconds: int | None,
        unsubscribe_id: str = "",
        content_batch: str = "",
    ) -> int | None:
        message = self.stored.get(key)
        if not message or message.state in lifecycle.FINAL:
            return None
        if message.state is State.SENDING and (
            grace_seconds is None or lifecycle.claimable_from(message, grace_seconds) > now
        ):
            return None
        claimed = self._replace(
            message,
            state=State.SENDING,
            attempts=message.attempts + 1,
            lease_until=int(now) + lease_seconds,
            started_at=message.started_at or timestamps.iso(now),
            unsubscribe_id=unsubscribe_id or message.unsubscribe_id,
            content_batch=content_batch or message.content_batch,
        )
        return claimed.attempts

    def settle(
        self,
        key: MessageKey,
        act: Transition,
        *,
        now: float,
        result: SendResult | None = None,
        reason: str = "",
        ses_message_id: str = "",
        failed: Attempt | None = None,
        is_counted: bool = True,
    ) -> bool:
        message = self.stored.get(key)
        after = lifecycle.TRANSITIONS.get((message.state, act)) if message else None
        if not message or not after:
            return False
        self._replace(
            message,
            state=after,
            result=result or message.result,
            reason=reason,
            ses_message_id=ses_message_id or message.ses_message_id,
            failed_attempts=(*message.failed_attempts, failed) if failed else message.failed_attempts,
            uncounted_attempts=message.uncounted_attempts + (not is_counted),
            settled_at=timestamps.iso(now) if after in lifecycle.FINAL else message.settled_at,
            queued_at=timestamps.iso(now) if act is Transition.ENQUEUE else message.queued_at,
        )
        return True

    def redrive(self, key: MessageKey, *, now: float, grace_seconds: int) -> bool:
        message = self.stored.get(key)
        if not message or not lifecycle.redrivable(message, int(now), grace_seconds):
            return False
        self._replace(
            message,
            state=lifecycle.target(Transition.REDRIVE),
            result=None,
            reason="",
            uncounted_attempts=message.attempts,
            settled_at=None,
            queued_at=timestamps.iso(now),
        )
        return True

    def confirm(self, key: MessageKey, *facts: TimelineEvent, now: float, ses_message_id: str) -> Message | None:
        message = self.stored.get(key)
        if not message or message.erased or message.state not in lifecycle.sources(Transition.SES_CONFIRMED):
            return None
        self.settle(key, Transition.SES_CONFIRMED, now=now, ses_message_id=ses_message_id)
        return self.record(key, *facts)

    def record(self, key: MessageKey, *facts: TimelineEvent) -> Message | None:
        message = self.stored.get(key)
        for fact in facts:
            if message and not message.erased and (fact.key in message.timeline or len(message.timeline) < fact.room):
                message = self._replace(message, timeline={**message.timeline, fact.key: fact.to_item()})
        return message

    def _replace(self, message: Message, **changed: Any) -> Message:
        self.stored[message.key] = replace(message, **changed)
        return self.stored[message.key]

    def replace(self, before: Message, after: Message) -> bool:
        if self.stored.get(before.key) != before:
            return False
        self.stored[before.key] = after
        return True


@dataclass
class MemorySentContents:
    """What is stored with a batch is found with its id only."""

    stored: dict[tuple[str, int, str], tuple[SentContent, float]] = field(default_factory=dict)  # with its expiry

    def put_all(self, contents: Sequence[tuple[SentContent, float]], batch: str = "") -> None:
        for content, expires_at in contents:
            self.stored[content.send.id, content.numbers[0], batch] = content, expires_at

    def of_send(self, send_id: str, now: float, batch: str = "") -> list[SentContent]:
        return [
            one
            for (of, _, stored_with), (one, expires) in self.stored.items()
            if of == send_id and stored_with in ("", batch) and expires > now
        ]

    def delete(self, send_id: str, batches: Iterable[str] = ()) -> None:
        for key in [key for key in self.stored if key[0] == send_id and key[2] in ("", *batches)]:
            del self.stored[key]


@dataclass
class MemoryListings:
    """What measure has listed."""

    stored: dict[tuple[int, str, str], MessageListing] = field(default_factory=dict)

    def add(self, new: Sequence[MessageListing]) -> None:
        self.stored.update({(one.email_id, one.newest, one.digest): one for one in new})

    def newest_first(self, email_id: int, since: str, until: str) -> Iterator[Position]:
        return listings.newest_first(reversed(self._of(email_id)), since, until)

    def oldest_first(self, email_id: int, since: str, until: str) -> Iterator[Position]:
        return listings.oldest_first(self._of(email_id), since, until)

    def _of(self, email_id: int) -> list[Sequence[Position]]:
        return [self.stored[key].positions for key in sorted(self.stored) if key[0] == email_id]


@dataclass
class EveryMessage(MemoryListings):
    """Lists each message at once, for tests in which measure does not run."""

    sends: MemorySends = field(default_factory=MemorySends)

    def _of(self, email_id: int) -> list[Sequence[Position]]:
        self.add(listings.of_messages(self.sends.stored.values()))
        return super()._of(email_id)


class NoBroadcasts:
    """ports.BroadcastMessages."""

    def __call__(self, email_ids: Collection[int], since: str, until: str, /) -> Iterator[Position]:
        return iter(())

    def emails(self, until: str, /) -> frozenset[int]:
        return frozenset()


no_broadcasts = NoBroadcasts()


@dataclass
class MemoryMessageIndex:
    """Without listings of its own, it lists each message at once."""

    sends: MemorySends
    listings: MemoryListings | None = None

    def of_address(self, address: str, since: str, until: str) -> Iterator[Position]:
        return self._positions(since, until, lambda message: message.address == address)

    def of_email(self, email_id: int, since: str, until: str) -> Iterator[Position]:
        return self._listings.newest_first(email_id, since, until)

    def read(self, listed: Sequence[Position]) -> list[Message]:
        return pagination.still_there(listed, self.sends.stored)

    def read_all(self, keys: Sequence[MessageKey]) -> Mapping[MessageKey, Message]:
        return {key: self.sends.stored[key] for key in keys if key in self.sends.stored}

    def by_recipient(self, address: str, until: str, most: int) -> list[Message]:
        return self._oldest(most, lambda message: message.address == address and message.accepted_at <= until)

    def by_email(self, email_id: int, since: str, until: str, most: int) -> list[Message]:
        listed = self._listings.oldest_first(email_id, since, until)
        return self.read([one for one in listed if one.accepted_at < until])[:most]

    def accepted(self, first: str, last: str) -> Iterator[Message]:
        return iter(self._matching(lambda message: first <= periods.day(message.accepted_at) <= last))

    def due(self, hour: str, until: str) -> Iterator[Message]:
        return (message for message in self.overdue(until) if timestamps.hour(message.due_at or "") == hour)

    def overdue(self, until: str) -> Iterator[Message]:
        return iter(
            self._matching(lambda message: message.state is State.SCHEDULED and (message.due_at or "") <= until)
        )

    @property
    def _listings(self) -> MemoryListings:
        return self.listings or EveryMessage(sends=self.sends)

    def _positions(self, since: str, until: str, matches: Callable[[Message], bool]) -> Iterator[Position]:
        messages = self._matching(lambda message: since <= message.accepted_at <= until and matches(message))
        return iter(sorted(map(pagination.position_of, messages), reverse=True))

    def _oldest(self, most: int, matches: Callable[[Message], bool]) -> list[Message]:
        return sorted(self._matching(matches), key=pagination.position_of)[:most]

    def _matching(self, matches: Callable[[Message], bool]) -> list[Message]:
        return [message for message in self.sends.stored.values() if matches(message)]


@dataclass
class MemoryDueWatermark:
    until: str | None = None

    def get(self) -> str | None:
        return self.until

    def set(self, until: str) -> None:
        self.until = until


@dataclass
class MemorySweepPosition:
    position: str = ""

    def get(self) -> str:
        return self.position

    def set(self, position: str) -> None:
        self.position = position


@dataclass
class MemoryQueue:
    waiting: list[tuple[Send, int]] = field(default_factory=list)  # with its delay in seconds
    dead_letters: list[tuple[Send, str]] = field(default_factory=list)
    saved: dict[str, Send] = field(default_factory=dict)

    def save_scheduled(self, send: Send) -> None:
        self.saved[send.id] = send

    def enqueue_saved(self, send_id: str, *, delay_seconds: int = 0) -> None:
        self.enqueue(replace(self.saved[send_id], stored=True), delay_seconds=delay_seconds)

    def delete(self, send_id: str) -> None:
        self.saved.pop(send_id, None)

    def enqueue(self, send: Send, *, delay_seconds: int = 0) -> None:
        self.waiting.append((send, delay_seconds))

    def is_empty(self) -> bool:
        return not self.waiting

    def dead_letter(self, send: Send, reason: str) -> None:
        self.dead_letters.append((send, reason))


@dataclass
class MemoryUploads:
    files: dict[str, tuple[Upload, bytes]] = field(default_factory=dict)

    def presign(self, upload_id: str, size: int, seconds: int) -> str:
        return f"{self.origin()}/{upload_id}?size={size}&seconds={seconds}"

    def origin(self) -> str:
        return "https://uploads.example"

    def put(self, upload_id: str, octets: bytes, at: str = NOON_TEXT) -> Upload:
        """What a caller does with the URL."""
        version = hashlib.sha256(octets).hexdigest()
        upload = Upload(upload_id, size=len(octets), version=version, at=at)
        self.files[upload_id] = (upload, octets)
        return upload

    def head(self, upload_id: str) -> Upload | None:
        return self.files[upload_id][0] if upload_id in self.files else None

    def read(self, upload: Upload) -> bytes:
        there, octets = self.files[upload.id]
        if there != upload:
            raise LookupError(upload.id)
        return octets


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


def never_paused() -> CheckPause:
    return CheckPause(emails=MemoryEmails(), account=lambda: None, clock=Clock())
