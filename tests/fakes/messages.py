"""The sends table, and the ways to look into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from functions.core import timestamps
from functions.core.events import pagination
from functions.core.events.pagination import Position
from functions.core.events.timeline import FACTS_MAX, TimelineEvent
from functions.core.outcomes import SendResult
from functions.core.sending import lifecycle
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import Attempt, Message, MessageKey, State
from functions.core.statistics import periods
from functions.core.statistics.counter_updates import EmailHour


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
        return [one for one in scheduled if timestamps.hour(one.due_at or "") == hour and (one.due_at or "") <= until]

    def unfinished(self, bucket: EmailHour) -> list[Message]:
        return [
            message
            for message in self.stored.values()
            if EmailHour(message.email_id, timestamps.hour(message.accepted_at)) == bucket
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
            started_at=message.started_at or timestamps.iso(now),
            unsubscribe_id=unsubscribe_id or message.unsubscribe_id,
        )

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
            failed_attempts=(*message.failed_attempts, failed) if failed else message.failed_attempts,
            settled_at=timestamps.iso(now) if after in lifecycle.FINAL else message.settled_at,
        )
        return True

    def redrive(self, key: MessageKey, *, now: float, grace_seconds: int) -> bool:
        message = self.stored.get(key)
        if not message or not lifecycle.redrivable(message, int(now), grace_seconds):
            return False
        self._keep(message, state=lifecycle.target(Transition.REDRIVE), result=None, reason="", settled_at=None)
        return True

    def record(self, key: MessageKey, *facts: TimelineEvent) -> Message | None:
        message = self.stored.get(key)
        for fact in facts:
            if message and not message.erased and (fact.key in message.timeline or len(message.timeline) < FACTS_MAX):
                message = self._keep(message, timeline={**message.timeline, fact.key: fact.to_item()})
        return message

    def _keep(self, message: Message, **changed: Any) -> Message:
        self.stored[message.key] = replace(message, **changed)
        return self.stored[message.key]


@dataclass
class MemoryEveryMessage:
    sends: MemorySends

    def accepted(self, first: str, last: str) -> Iterator[Message]:
        found = [one for one in self.sends.stored.values() if first <= periods.day(one.accepted_at) <= last]
        return iter(found)


@dataclass
class MemoryMessagesByRecipient:
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
class MemoryAccepted:
    sends: MemorySends

    def between(self, email_id: int, since: str, until: str, most: int) -> list[Message]:
        ours = [message for message in self.sends.stored.values() if message.email_id == email_id]
        found = [message for message in ours if since <= message.accepted_at < until]
        return sorted(found, key=lambda one: (one.accepted_at, one.key.send_id, one.key.recipient))[:most]


@dataclass
class MemoryListings:
    sends: MemorySends

    def of_address(self, address: str, since: str, until: str) -> Iterator[Position]:
        return self._listed(since, until, lambda message: message.address == address)

    def of_email(self, email_id: int, since: str, until: str) -> Iterator[Position]:
        return self._listed(since, until, lambda message: message.email_id == email_id)

    def _listed(self, since: str, until: str, fits: Callable[[Message], bool]) -> Iterator[Position]:
        found = (one for one in self.sends.stored.values() if since <= one.accepted_at <= until and fits(one))
        return iter(sorted(map(pagination.position_of, found), reverse=True))

    def read(self, listed: Sequence[Position]) -> list[Message]:
        found = (self.sends.get(MessageKey(one.send_id, one.recipient)) for one in listed)
        return [message for message in found if message]
