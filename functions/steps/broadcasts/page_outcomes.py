"""The outcomes of a broadcast's page: read each recipient's message, redrive and give up, and find whom to send to again."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Sequence

from msgspec import Struct, field

from functions.core import ids
from functions.core.broadcasts.broadcast import Broadcast, BroadcastPage, PageOutcome, Recipient, place
from functions.core.broadcasts.jobs import PageJob
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.outcomes import SendResult
from functions.core.sending import lifecycle
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import Message, MessageKey, State
from functions.core.statistics import periods
from functions.ports.sending import MessageIndex
from functions.steps.sending.attempts import SendAttempts

_OUTCOMES = {
    State.SENT: PageOutcome.SENT,
    State.REFUSED: PageOutcome.REFUSED,
    State.FAILED: PageOutcome.FAILED,
    State.CANCELED: PageOutcome.CANCELED,
}


class PageReading(Struct, kw_only=True):
    """One reading of a page. `read` fills what follows the job."""

    messages: MessageIndex
    attempts: SendAttempts
    max_attempts: int
    broadcast: Broadcast
    page: BroadcastPage
    recipients: Sequence[Recipient]
    job: PageJob
    waiting: int = 0
    redrivable_at: int = 0  # when each message that the job redrives can be; 0: it was
    hopeless: list[int] = field(default_factory=list)
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
        for number, key in enumerate(keys):
            outcome = self._outcome(number, stored.get(key), is_recorded)
            if outcome is PageOutcome.WAITING:
                self.waiting += 1
            elif outcome is None:
                unsent.append(number)
            else:
                self.counted[str(outcome)] += 1
        return unsent

    def _outcome(self, number: int, message: Message | None, is_recorded: Callable[[], bool]) -> PageOutcome | None:
        if message is None:
            return PageOutcome.CANCELED if self.is_canceled else None
        if message.broadcast != place(self.broadcast.id, self.page.number, number):
            return PageOutcome.REPEATED
        self.accepted.append(message.accepted_at)
        message = self._redriven(number, message)
        if message.state in lifecycle.FINAL:
            return _OUTCOMES[message.state]
        is_leased = message.state is State.SENDING and (
            self.attempts.clock() < lifecycle.claimable_from(message, self.attempts.grace_seconds) or not is_recorded()
        )
        return PageOutcome.WAITING if is_leased else self._open_outcome(number, message)

    def _redriven(self, number: int, message: Message) -> Message:
        """Returns the message as it is after a redrive, if the job redrives it. Only an operator's job both reopens and names recipients."""
        if not (self.job.reopen and number in self.job.only and message.state is State.FAILED):
            return message
        now, grace_seconds = self.attempts.clock(), self.attempts.grace_seconds
        begins_at = lifecycle.redrivable_from(message, grace_seconds)
        if begins_at is not None and begins_at > now:
            self.redrivable_at = max(self.redrivable_at, begins_at)
            return message
        self.attempts.sends.redrive(message.key, now=now, grace_seconds=grace_seconds)
        return self.attempts.sends.get(message.key) or message

    @property
    def is_canceled(self) -> bool:
        return self.broadcast.state is BroadcastState.CANCELED

    def _open_outcome(self, number: int, message: Message) -> PageOutcome | None:
        """Returns the outcome of a message that SES surely does not have. Returns None if it gets another turn."""
        if self.is_canceled:
            self._settle(message, Transition.REFUSE, SendResult.CAMPAIGN_CANCELLED, "the broadcast was canceled")
            return PageOutcome.CANCELED
        if message.counted_attempts >= self.max_attempts:
            last = message.reason or "the worker ended without an answer"
            reason = f"given up after {self.max_attempts} attempts; the last one: {last}"
            self._settle(message, Transition.GIVE_UP, SendResult.UNDELIVERABLE, reason)
            self.hopeless.append(number)
            return PageOutcome.FAILED
        return None

    def _settle(self, message: Message, transition: Transition, result: SendResult, reason: str) -> None:
        self.attempts.sends.settle(message.key, transition, now=self.attempts.clock(), result=result, reason=reason)
