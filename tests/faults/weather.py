"""What can go wrong at a call to the world, and a plan of when it does."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from functions.core.errors import OutcomeUnknown, PermanentFailure, Retry, Throttled
from functions.core.outcomes import SendResult
from tests.fakes import Clock, Killed

STALL_SECONDS = 50  # of a call that hangs: longer than the API may run, shorter than deliver may


class Outage(Exception):
    """What a store or a queue that fails raises: no error of ours, and nobody knows what it did."""


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
    PREEMPTED = "every other worker acts before the call, with a copy of whatever is under way"
    STALLED = "the call hangs while time passes and others act"


OF_SES = tuple(fault for fault in Fault if fault is not Fault.TWICE)
OF_QUEUE = tuple(fault for fault in Fault if fault not in {Fault.REFUSED, Fault.THROTTLED, Fault.LOST})
OF_STORE = tuple(fault for fault in OF_QUEUE if fault not in {Fault.TWICE, Fault.LATE})


def possible(call: str) -> tuple[Fault, ...]:
    """The faults that make sense at a call such as 'queue.put'."""
    if call == "mailer.send":
        return OF_SES
    if call == "index.unfinished":
        return (Fault.KILLED_BEFORE, Fault.FAILS)
    return OF_QUEUE if call in {"queue.enqueue", "queue.enqueue_saved"} else OF_STORE


Plan = Callable[[int, str], Fault | None]  # (number of the call, its name) → what goes wrong there


def fine(_number: int, _call: str) -> None:
    return None


def at(faults: Mapping[int, Fault]) -> Plan:
    """Each fault at the call of its number."""
    return lambda number, _call: faults.get(number)


def seeded(seed: int, *, share: float, most: int) -> Plan:
    """Any possible fault at that share of calls, at most so many of them; the same seed, the same weather."""
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
    """Stands between the steps and their ports: numbers every call, and lets happen what the plan says."""

    plan: Plan
    clock: Clock
    others: Callable[[], None]  # lets everybody else act
    calls: list[str] = field(default_factory=list)
    happened: list[tuple[int, str, Fault]] = field(default_factory=list)
    deadline: float = float("inf")  # when Lambda ends the worker of the moment
    late: bool = False  # whether the effect under way shall show late
    depth: int = 0

    def guard(self, name: str, port: Any) -> Any:
        return _Guarded(self, name, port)

    def call(self, name: str, method: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        number = len(self.calls)
        self.calls.append(name)
        fault = self.plan(number, name)
        fault = fault if fault in possible(name) else None
        if fault:
            self.happened.append((number, name, fault))
            self._before(fault, name)
        if self.clock() >= self.deadline:
            raise Killed
        self.late = fault is Fault.LATE
        answer = method(*args, **kwargs)
        if fault is Fault.TWICE:
            method(*args, **kwargs)
        if fault is Fault.KILLED_AFTER:
            raise Killed
        if fault is Fault.FAILS_AFTER:
            raise _unknown(name)
        return answer

    def _before(self, fault: Fault, name: str) -> None:
        ses = name == "mailer.send"
        match fault:
            case Fault.KILLED_BEFORE:
                raise Killed
            case Fault.FAILS:
                raise Retry("it cannot be reached") if ses or name.startswith("governors.") else Outage(name)
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
    if name.startswith("governors."):
        return Retry("the governor did not answer")
    return OutcomeUnknown("SES did not answer") if name == "mailer.send" else Outage(name)


@dataclass
class _Guarded:
    weather: Weather
    name: str
    port: Any

    def __getattr__(self, method: str) -> Any:
        return lambda *args, **kwargs: self.weather.call(
            f"{self.name}.{method}", getattr(self.port, method), args, kwargs
        )
