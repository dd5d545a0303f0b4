"""Faults that can happen at a call to a port, and plans of when they do."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from functions.core.errors import OutcomeUnknown, PermanentFailure, Retry, Throttled
from functions.core.outcomes import SendResult
from functions.ports.automations import AutomationQueue
from functions.ports.sending import Mailer, MessageIndex, MessageListings, SendQueue
from tests.fakes import Clock, Killed

STALL_SECONDS = 50  # a call hangs for longer than the API may run, and shorter than deliver may


class Outage(Exception):
    """A store or a queue failed. It is no error of ours, and its effect is unknown."""


class Fault(StrEnum):
    KILLED_BEFORE = "the worker dies before the call"
    KILLED_AFTER = "the worker dies after the call"
    FAILS = "the call fails, and did nothing"
    FAILS_AFTER = "the call did its work, and its answer is lost"
    LOST = "the call did nothing, and its answer is lost"
    THROTTLED = "the other side takes no more just now"
    REFUSED = "SES refuses the mail for good"
    TWICE = "the call's effect happens twice"
    LATE = "the effect shows late"
    PREEMPTED = "every other worker acts before the call, with a copy of each send in the queue"
    STALLED = "the call hangs while time passes and others act"


OF_SES = tuple(fault for fault in Fault if fault is not Fault.TWICE)
OF_QUEUE = tuple(fault for fault in Fault if fault not in {Fault.REFUSED, Fault.THROTTLED, Fault.LOST})
OF_STORE = tuple(fault for fault in OF_QUEUE if fault not in {Fault.TWICE, Fault.LATE})
OF_SWEEPER = (Fault.KILLED_BEFORE, Fault.FAILS)
OF_MEASURE = (*OF_SWEEPER, Fault.KILLED_AFTER, Fault.FAILS_AFTER)

# The calls whose faults differ from a store's, by reference: a renamed method must not lose its faults.
SEND = f"mailer.{Mailer.send.__name__}"
_POSSIBLE = {
    SEND: OF_SES,
    f"index.{MessageIndex.by_email.__name__}": OF_SWEEPER,
    f"listings.{MessageListings.add.__name__}": OF_MEASURE,
    f"queue.{SendQueue.enqueue.__name__}": OF_QUEUE,
    f"queue.{SendQueue.enqueue_saved.__name__}": OF_QUEUE,
    f"jobs.{AutomationQueue.put.__name__}": OF_QUEUE,
    f"sweep.jobs.{AutomationQueue.put_later.__name__}": OF_QUEUE,
}


def possible(call: str) -> tuple[Fault, ...]:
    """Returns the faults that make sense at a call such as 'queue.enqueue'."""
    return _POSSIBLE.get(call, OF_STORE)


Plan = Callable[[int, str], Fault | None]  # (number of the call, its name) → the fault there


def no_faults(_number: int, _call: str) -> None:
    return None


def faults_at(faults: Mapping[int, Fault]) -> Plan:
    """Plans each fault at the call with its number."""
    return lambda number, _call: faults.get(number)


def seeded(seed: int, *, share: float, most: int) -> Plan:
    """Plans any possible fault at a share of the calls, `most` in all. The same seed gives the same plan."""
    chance = random.Random(seed)  # noqa: S311 - a plan, not a secret
    happened: list[int] = []

    def plan(number: int, call: str) -> Fault | None:
        if len(happened) >= most or chance.random() >= share:
            return None
        happened.append(number)
        return chance.choice(possible(call))

    return plan


@dataclass
class Weather:
    """Wraps the ports: numbers every call, and injects the plan's faults."""

    plan: Plan
    clock: Clock
    others: Callable[[], None]  # lets every other worker act
    calls: list[str] = field(default_factory=list)
    happened: list[tuple[int, str, Fault]] = field(default_factory=list)
    deadline: float = float("inf")  # when Lambda ends the current worker
    late: bool = False  # whether the effect of the current call shows late
    depth: int = 0

    def guard(self, name: str, port: Any) -> Any:
        return _Guarded(self, name, port)

    def call(self, name: str, method: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        number = len(self.calls)
        self.calls.append(name)
        fault = self.plan(number, name)
        if fault and fault in possible(name):
            return self._call_with_fault(fault, name, lambda: method(*args, **kwargs))
        self._check_deadline()
        self.late = False
        return method(*args, **kwargs)

    def _call_with_fault(self, fault: Fault, name: str, call: Callable[[], Any]) -> Any:
        self.happened.append((len(self.calls) - 1, name, fault))
        self._before(fault, name)
        self._check_deadline()
        self.late = fault is Fault.LATE
        answer = call()
        if fault is Fault.TWICE:
            call()
        if fault is Fault.KILLED_AFTER:
            raise Killed
        if fault is Fault.FAILS_AFTER:
            raise _unknown(name)
        return answer

    def _check_deadline(self) -> None:
        if self.clock.now >= self.deadline:
            raise Killed

    def _before(self, fault: Fault, name: str) -> None:
        ses = name == SEND
        match fault:
            case Fault.KILLED_BEFORE:
                raise Killed
            case Fault.FAILS:
                raise Retry("it cannot be reached") if ses or name.startswith("quotas.") else Outage(name)
            case Fault.LOST:
                raise _unknown(name)
            case Fault.THROTTLED:
                raise Throttled("Maximum sending rate exceeded")
            case Fault.REFUSED:
                raise PermanentFailure(SendResult.UNDELIVERABLE, "MessageRejected")
            case Fault.PREEMPTED | Fault.STALLED:
                self._let_others(STALL_SECONDS if fault is Fault.STALLED else 0)

    def _let_others(self, seconds: int) -> None:
        deadline, self.depth = self.deadline, self.depth + 1
        self.clock.now += seconds
        try:
            if self.depth < 3:
                self.others()
        finally:
            self.deadline, self.depth = deadline, self.depth - 1


def _unknown(name: str) -> Exception:
    if name.startswith("quotas."):
        return Retry("the quota store did not answer")
    return OutcomeUnknown("SES did not answer") if name == SEND else Outage(name)


@dataclass
class _Guarded:
    weather: Weather
    name: str
    port: Any

    def __getattr__(self, method: str) -> Any:
        name, target = f"{self.name}.{method}", getattr(self.port, method)

        def call(*args: Any, **kwargs: Any) -> Any:
            return self.weather.call(name, target, args, kwargs)

        setattr(self, method, call)  # the next use finds it at once
        return call
