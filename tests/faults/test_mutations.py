"""The suite bites: with any one safeguard taken out, some schedule breaks a promise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core.errors import OutcomeUnknown, Retry
from functions.core.events.ses_events import SesEvent
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import Message, MessageKey, Send, SendRequest, State
from functions.ports.sending import Mailer, OutgoingMail, SendQueue
from functions.steps.events.record import RecordResult
from functions.steps.sending.deliver import DeliverSend
from tests.fakes.contacts import MemoryContacts
from tests.fakes.sending import MemorySends
from tests.faults import schedules
from tests.faults.weather import Plan
from tests.faults.world import BATCH, NEWS, ONE, Deliver, Queue, Ses, World

pytestmark = pytest.mark.timeout(600)  # thousands of schedules: a slow or busy machine takes its time


class NoClaim(MemorySends):
    """Everybody may send at any time."""

    def claim(self, key: MessageKey, **_: Any) -> Message | None:
        message = self.stored.get(key)
        return message and replace(message, state=State.SENDING)


class ClaimIgnoresOutcome(MemorySends):
    """A message is claimed again although it was sent."""

    def claim(self, key: MessageKey, **given: Any) -> Message | None:
        message = self.stored.get(key)
        if message and message.state is State.SENT:
            return message
        return super().claim(key, **given)


class ClaimForgetsTheLink(MemorySends):
    """The mail of a second try has a link that nobody remembers."""

    def claim(self, key: MessageKey, **given: Any) -> Message | None:
        message = self.stored.get(key)
        if message and message.attempts:
            given["unsubscribe_id"] = ""
        return super().claim(key, **given)


class NoSettlement(MemorySends):
    """What became of a try is never written."""

    def settle(self, key: MessageKey, act: Transition, **outcome: Any) -> bool:
        return True


class CreateOverwrites(MemorySends):
    """A repeat of a request is a new send."""

    def create(self, messages: Sequence[Message]) -> bool:
        self.stored.update({message.key: message for message in messages})
        return True


class ForgetsAnything(MemorySends):
    """A send is undone although a worker has it."""

    def rollback(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self.stored.pop(message.key, None)


class RepeatsFindItTouched(MemorySends):
    """A repeat is never queued again, as if a worker had the send already: but its first request may have died before it queued it."""

    def get(self, key: MessageKey) -> Message | None:
        message = super().get(key)
        return message and replace(message, attempts=message.attempts or 1)


class NobodyIsAsked(MemoryContacts):
    """What a contact decided is not looked up."""

    def get(self, email: str) -> None:
        return None


class NothingIsBuried(Queue):
    def dead_letter(self, send: Send, reason: str) -> None:
        return None


class SesIsAskedAgain(Ses):
    """The SDK's retry of a send whose answer it did not see."""

    def send(self, mail: OutgoingMail) -> str:
        if self.world.weather.late:
            super().send(mail)
        return super().send(mail)


def in_place_of(sends: type[MemorySends]) -> schedules.Mutation:
    def mutate(world: World) -> None:
        world.sends = sends()

    return mutate


def no_lease(world: World) -> None:
    world.lease = world.grace = 0


def no_grace(world: World) -> None:
    world.grace = 0


def no_events(world: World) -> None:
    world.record = lambda *events, sends: RecordResult.FOREIGN


def events_do_not_confirm(world: World) -> None:
    def record(*events: SesEvent, sends: Any) -> RecordResult:
        sends.record(events[0].message, *(event.fact for event in events))
        return RecordResult.RECORDED

    world.record = record


def nothing_is_buried(world: World) -> None:
    world.queue = NothingIsBuried(world)


def ses_is_asked_again(world: World) -> None:
    world.ses = SesIsAskedAgain(world)


class _TimeoutsAreRefusals:
    """A lost answer of SES is taken for a connection that was never made."""

    def __init__(self, mailer: Mailer) -> None:
        self.mailer = mailer

    def send(self, mail: OutgoingMail) -> str:
        try:
            return self.mailer.send(mail)
        except OutcomeUnknown as unknown:
            raise Retry(str(unknown)) from unknown


def timeouts_are_refusals(world: World) -> None:
    world.refit = lambda deliver: replace(deliver, mailer=_TimeoutsAreRefusals(deliver.mailer))


def unknown_outcomes_are_forgotten(world: World) -> None:
    """The queue message is taken for done although nobody knows whether SES took the mail."""

    def refit(deliver: DeliverSend) -> Deliver:
        def forgetful(send: Send, receives: int) -> None:
            with suppress(OutcomeUnknown):
                deliver(send, receives)

        return forgetful

    world.refit = refit


@dataclass
class _Counting:
    queue: SendQueue

    def __getattr__(self, name: str) -> Any:
        return getattr(self.queue, name)

    def enqueue(self, send: Send, *, delay_seconds: int = 0) -> None:
        self.queue.enqueue(replace(send, attempts=send.attempts + 4), delay_seconds=delay_seconds)


def a_throttle_is_a_try(world: World) -> None:
    """A copy that waits for SES is held against the send."""

    def refit(deliver: DeliverSend) -> Deliver:
        return replace(deliver, queue=_Counting(deliver.queue))

    world.refit = refit


def no_sweeper(world: World) -> None:
    """What SQS buries after too many crashes waits for ever."""
    world.sweep = lambda metrics: None  # type: ignore[method-assign]  # taken out


def nobody_is_asked(world: World) -> None:
    world.contacts = NobodyIsAsked()


MUTATIONS: dict[str, schedules.Mutation] = {
    "no claim": in_place_of(NoClaim),
    "a claim of what was sent": in_place_of(ClaimIgnoresOutcome),
    "a claim without the mail's link": in_place_of(ClaimForgetsTheLink),
    "nobody is asked what they want": nobody_is_asked,
    "no lease": no_lease,
    "no grace period after the lease": no_grace,
    "no settlement": in_place_of(NoSettlement),
    "no events": no_events,
    "events that settle nothing": events_do_not_confirm,
    "a repeat is a new send": in_place_of(CreateOverwrites),
    "a repeat is not queued again": in_place_of(RepeatsFindItTouched),
    "undoing what a worker has": in_place_of(ForgetsAnything),
    "no dead letters": nothing_is_buried,
    "the SDK retries a send": ses_is_asked_again,
    "timeouts are refusals": timeouts_are_refusals,
    "unknown outcomes are forgotten": unknown_outcomes_are_forgotten,
    "a throttle is a try": a_throttle_is_a_try,
    "no sweeper": no_sweeper,
}


def plans() -> Iterator[tuple[Plan, tuple[SendRequest, ...]]]:
    """The cheapest schedules first: most safeguards are missed by a single fault."""
    yield from ((plan, BATCH) for plan in schedules.single())
    yield from ((plan, NEWS) for plan in schedules.single(NEWS))
    yield from ((plan, ONE) for plan in schedules.pairs(ONE))
    yield from ((plan, BATCH) for plan in schedules.storms(range(1500), share=0.25, most=60))


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_missing_safeguard_is_noticed(name: str) -> None:
    for plan, requests in plans():
        try:
            broken = schedules.broken_by("with a safeguard missing", plan, requests, MUTATIONS[name])
        except AssertionError as restless:
            broken = [str(restless)]
        if broken:
            return
    pytest.fail("no schedule noticed")
