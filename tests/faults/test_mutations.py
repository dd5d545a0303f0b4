"""Tests the suite itself: without any one safeguard, some schedule breaks a promise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core.errors import OutcomeUnknown, Retry
from functions.core.events.listings import MessageListing
from functions.core.events.ses_events import SesEvent
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import Message, MessageKey, Send, SendRequest, State
from functions.ports.sending import Mailer, OutgoingMail, SendQueue
from functions.steps.events.record import RecordResult
from functions.steps.sending.deliver import DeliverSend
from tests.fakes.contacts import MemoryContacts
from tests.fakes.sending import MemoryListings, MemorySends
from tests.faults import schedules
from tests.faults.simulation import BATCH, NEWS, ONE, RECORD_DEAD_UNTIL, Deliver, Queue, Ses, Simulation
from tests.faults.weather import Plan

pytestmark = pytest.mark.timeout(600)  # thousands of schedules take long on a slow or busy machine


class NoClaim(MemorySends):
    """Every worker may send at any time."""

    def claim(self, key: MessageKey, **_: Any) -> int | None:
        message = self.stored.get(key)
        return message.attempts + 1 if message else None


class ClaimIgnoresOutcome(MemorySends):
    """A message is claimed again although it was sent."""

    def claim(self, key: MessageKey, **arguments: Any) -> int | None:
        message = self.stored.get(key)
        if message and message.state is State.SENT:
            return message.attempts
        return super().claim(key, **arguments)


class ClaimDropsTheLink(MemorySends):
    """The unsubscribe link of a second attempt is not stored."""

    def claim(self, key: MessageKey, **arguments: Any) -> int | None:
        message = self.stored.get(key)
        if message and message.attempts:
            arguments["unsubscribe_id"] = ""
        return super().claim(key, **arguments)


class NoSettlement(MemorySends):
    """The outcome of an attempt is never written."""

    def settle(self, key: MessageKey, act: Transition, **outcome: Any) -> bool:
        return True


class CreateOverwrites(MemorySends):
    """A retry of a request is a new send."""

    def create(self, messages: Sequence[Message]) -> bool:
        self.stored.update({message.key: message for message in messages})
        return True


class RollbackIsUnconditional(MemorySends):
    """A send is rolled back although a worker has claimed it."""

    def rollback(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self.stored.pop(message.key, None)


class RetryFindsItClaimed(MemorySends):
    """A retry is never queued, as if a worker had claimed the send already. But its first request may have died before it queued it."""

    def get(self, key: MessageKey) -> Message | None:
        message = super().get(key)
        return message and replace(message, attempts=message.attempts or 1)


class NoConsent(MemoryContacts):
    """The decisions of contacts are not read."""

    def get(self, email: str) -> None:
        return None


class NoDeadLetters(Queue):
    def dead_letter(self, send: Send, reason: str) -> None:
        return None


class SdkRetries(Ses):
    """The SDK retries a send whose response it did not get."""

    def send(self, mail: OutgoingMail) -> str:
        if self.simulation.weather.late:
            super().send(mail)
        return super().send(mail)


def with_sends(sends: type[MemorySends]) -> schedules.Mutation:
    def mutate(simulation: Simulation) -> None:
        simulation.sends = sends()

    return mutate


def no_lease(simulation: Simulation) -> None:
    simulation.lease = simulation.grace = 0


def no_grace(simulation: Simulation) -> None:
    simulation.grace = 0


def no_check_of_events(simulation: Simulation) -> None:
    simulation.record_dead_until = RECORD_DEAD_UNTIL
    simulation.events_recorded = lambda: True  # type: ignore[method-assign]  # removed


def no_events(simulation: Simulation) -> None:
    simulation.record = lambda *events, sends: RecordResult.FOREIGN


def events_do_not_confirm(simulation: Simulation) -> None:
    def record(*events: SesEvent, sends: Any) -> RecordResult:
        sends.record(events[0].message, *(event.fact for event in events))
        return RecordResult.RECORDED

    simulation.record = record


def no_dead_letters(simulation: Simulation) -> None:
    simulation.queue = NoDeadLetters(simulation)


def sdk_retries(simulation: Simulation) -> None:
    simulation.ses = SdkRetries(simulation)


class _TimeoutsAreRefusals:
    """A lost response of SES is treated as a failed connection."""

    def __init__(self, mailer: Mailer) -> None:
        self.mailer = mailer

    def send(self, mail: OutgoingMail) -> str:
        try:
            return self.mailer.send(mail)
        except OutcomeUnknown as unknown:
            raise Retry(str(unknown)) from unknown


def timeouts_are_refusals(simulation: Simulation) -> None:
    def refit(deliver: DeliverSend) -> Deliver:
        mailer = _TimeoutsAreRefusals(deliver.attempts.mailer)
        return replace(deliver, attempts=replace(deliver.attempts, mailer=mailer))

    simulation.refit = refit


def unknown_outcomes_are_dropped(simulation: Simulation) -> None:
    """The queue message is deleted although it is unknown whether SES accepted the mail."""

    def refit(deliver: DeliverSend) -> Deliver:
        def deliver_once(send: Send, receives: int) -> None:
            with suppress(OutcomeUnknown):
                deliver(send, receives)

        return deliver_once

    simulation.refit = refit


@dataclass
class _CountingQueue:
    queue: SendQueue

    def __getattr__(self, name: str) -> Any:
        return getattr(self.queue, name)

    def enqueue(self, send: Send, *, delay_seconds: int = 0) -> None:
        self.queue.enqueue(replace(send, attempts=send.attempts + 4), delay_seconds=delay_seconds)


def throttles_count_as_attempts(simulation: Simulation) -> None:
    """A copy that waits for SES costs the send attempts."""

    def refit(deliver: DeliverSend) -> Deliver:
        return replace(deliver, queue=_CountingQueue(deliver.queue))

    simulation.refit = refit


def no_sweeper(simulation: Simulation) -> None:
    """A message that SQS dead-letters after too many crashes is never settled."""
    simulation.sweep = lambda metrics: None  # type: ignore[method-assign]  # removed


class NoListings(MemoryListings):
    """Measure counts what it does not list: the sweep does not find it."""

    def add(self, new: Sequence[MessageListing]) -> None:
        return None


def no_listings(simulation: Simulation) -> None:
    simulation.listings = NoListings()


def no_consent(simulation: Simulation) -> None:
    simulation.contacts = NoConsent()


MUTATIONS: dict[str, schedules.Mutation] = {
    "no claim": with_sends(NoClaim),
    "a claim of a sent message": with_sends(ClaimIgnoresOutcome),
    "a claim without the mail's link": with_sends(ClaimDropsTheLink),
    "no check of consent": no_consent,
    "no lease": no_lease,
    "no grace period after the lease": no_grace,
    "no check that events are recorded": no_check_of_events,
    "no settlement": with_sends(NoSettlement),
    "no events": no_events,
    "events that settle nothing": events_do_not_confirm,
    "a retry is a new send": with_sends(CreateOverwrites),
    "a retry is not queued again": with_sends(RetryFindsItClaimed),
    "a rollback of a claimed send": with_sends(RollbackIsUnconditional),
    "no dead letters": no_dead_letters,
    "the SDK retries a send": sdk_retries,
    "timeouts are refusals": timeouts_are_refusals,
    "unknown outcomes are dropped": unknown_outcomes_are_dropped,
    "a throttle counts as an attempt": throttles_count_as_attempts,
    "no sweeper": no_sweeper,
    "no listings": no_listings,
}


def plans() -> Iterator[tuple[Plan, tuple[SendRequest, ...]]]:
    """Yields one schedule of each kind in turn: each safeguard is missed early by one of them."""
    kinds = (
        ((plan, NEWS) for plan in schedules.single(NEWS)),
        ((plan, BATCH) for plan in schedules.single()),
        ((plan, ONE) for plan in schedules.pairs(ONE)),
        ((plan, BATCH) for plan in schedules.storms(range(1500), share=0.25, most=60)),
    )
    yield from (schedule for turn in zip_longest(*kinds) for schedule in turn if schedule)


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_missing_safeguard_is_noticed(name: str) -> None:
    for plan, requests in plans():
        try:
            broken = schedules.broken_promises("with a safeguard missing", plan, requests, MUTATIONS[name])
        except AssertionError as endless:
            broken = [str(endless)]
        if broken:
            return
    pytest.fail("no schedule noticed")
