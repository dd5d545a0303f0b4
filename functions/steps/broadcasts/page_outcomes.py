"""The outcomes of a broadcast's page: read each recipient's message, redrive and give up, and find whom to send to again."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core import ids
from functions.core.broadcasts.broadcast import Broadcast, BroadcastPage, PageOutcome, Recipient, place
from functions.core.broadcasts.jobs import PageJob
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.outcomes import SendResult
from functions.core.sending import lifecycle
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import Message, MessageKey, State
from functions.core.statistics import periods
from functions.ports.broadcasts import BroadcastQueue
from functions.ports.sending import MessageIndex
from functions.steps.sending.attempts import SendAttempts

_OUTCOMES = {
    State.SENT: PageOutcome.SENT,
    State.REFUSED: PageOutcome.REFUSED,
    State.FAILED: PageOutcome.FAILED,
    State.CANCELED: PageOutcome.CANCELED,
}


def settled_outcome(
    broadcast: Broadcast, page: BroadcastPage, number: int, message: Message | None
) -> PageOutcome | None:
    """Returns the outcome of a page's recipient, or None before it has one."""
    if message is None:
        return PageOutcome.CANCELED if broadcast.state is BroadcastState.CANCELED else None
    if message.broadcast != place(broadcast.id, page.number, number):
        return PageOutcome.REPEATED
    return _OUTCOMES.get(message.state)


class PageReading(Struct, kw_only=True):
    """One reading of a page. `read` fills what follows the job."""

    messages: MessageIndex
    attempts: SendAttempts
    queue: BroadcastQueue
    max_attempts: int
    broadcast: Broadcast
    page: BroadcastPage
    recipients: Sequence[Recipient]
    job: PageJob
    waiting: int = 0
    redrivable_at: int = 0  # when the last message that the job redrives may be; 0: all were
    counted: Counter[str] = field(default_factory=Counter)
    accepted: list[str] = field(default_factory=list)  # when its messages were

    @property
    def span(self) -> tuple[str, str]:
        """A page without messages is in no span."""
        return min(self.accepted, default=periods.LAST), max(self.accepted, default=periods.FIRST)

    @property
    def outcomes(self) -> dict[str, int]:
        return dict(self.counted)

    def read(self) -> list[int]:
        """Returns the recipients who have no message yet, or one to attempt again."""
        keys = [MessageKey(ids.for_broadcast(self.broadcast.id, one.email), 0) for one in self.recipients]
        stored = self.messages.read_all(keys)
        is_recorded = functools.cache(self.attempts.events_recorded)
        unsent: list[int] = []
        exhausted: dict[int, Message] = {}
        for number, key in enumerate(keys):
            message = self._redriven(number, stored.get(key))
            outcome = self._outcome(number, message, is_recorded)
            if outcome:
                self._count(outcome)
            elif message and message.counted_attempts >= self.max_attempts:
                exhausted[number] = message
            else:
                unsent.append(number)
        if exhausted:
            self._give_up(exhausted)
        return unsent

    def _redriven(self, number: int, message: Message | None) -> Message | None:
        """Returns the message as it is after a redrive, if the job redrives it. Only an operator's job both reopens and names recipients."""
        if not (message and message.state is State.FAILED and self.job.reopen and number in self.job.only):
            return message
        now, grace_seconds = self.attempts.clock(), self.attempts.grace_seconds
        begins_at = lifecycle.redrivable_from(message, grace_seconds)
        if begins_at is not None and begins_at > now:
            self.redrivable_at = max(self.redrivable_at, begins_at)
            return message
        self.attempts.sends.redrive(message.key, now=now, grace_seconds=grace_seconds)
        return self.attempts.sends.get(message.key) or message

    def _outcome(self, number: int, message: Message | None, is_recorded: Callable[[], bool]) -> PageOutcome | None:
        """Returns None if the message needs a worker: SES surely does not have its mail."""
        outcome = settled_outcome(self.broadcast, self.page, number, message)
        if message is None or outcome is PageOutcome.REPEATED:
            return outcome
        self.accepted.append(message.accepted_at)
        if outcome:
            return outcome
        is_leased = message.state is State.SENDING and (
            self.attempts.clock() < lifecycle.claimable_from(message, self.attempts.grace_seconds) or not is_recorded()
        )
        if is_leased:
            return PageOutcome.WAITING
        if self.broadcast.state is BroadcastState.CANCELED:
            return self._settle(message, Transition.REFUSE, SendResult.CAMPAIGN_CANCELLED, "the broadcast was canceled")
        return None

    def _give_up(self, exhausted: Mapping[int, Message]) -> None:
        reason = f"given up after {self.max_attempts} attempts: {len(exhausted)} of the page's recipients"
        self.queue.dead_letter(replace(self.job, start=0, only=tuple(exhausted), settling=1, reopen=True), reason)
        for message in exhausted.values():
            last = message.reason or "the worker ended without an answer"
            reason = f"given up after {self.max_attempts} attempts; the last one: {last}"
            self._count(self._settle(message, Transition.GIVE_UP, SendResult.UNDELIVERABLE, reason))

    def _settle(self, message: Message, transition: Transition, result: SendResult, reason: str) -> PageOutcome:
        """A message that SES's event settled meanwhile is read again."""
        now = self.attempts.clock()
        settled = self.attempts.sends.settle(message.key, transition, now=now, result=result, reason=reason)
        return _OUTCOMES[lifecycle.target(transition)] if settled else PageOutcome.WAITING

    def _count(self, outcome: PageOutcome) -> None:
        if outcome is PageOutcome.WAITING:
            self.waiting += 1
        else:
            self.counted[str(outcome)] += 1
