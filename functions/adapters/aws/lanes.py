"""Several pieces of work on one thread, of which each goes on while the others wait for AWS.

A lane is a greenlet. It hands over to the next lane when a thread would block. Ten threads take turns at one interpreter lock with
every call, which costs more than the calls.
"""

from __future__ import annotations

import heapq
import itertools
import math
import select
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import greenlet

from functions.adapters.aws.waiting import WAITS

Item = TypeVar("Item")
Result = TypeVar("Result")


def run(work: Callable[..., Result], *items: Sequence[Any], at_once: int) -> list[Result]:
    """Returns what `work` returns for the items of each position, as `map` does. Raises the first error, after all have ended."""
    return _Thread(at_once).run(work, list(zip(*items, strict=True)))


class _Lane(greenlet.greenlet):
    """One piece of work."""

    def __init__(self, thread: _Thread, work: Callable[[], None]) -> None:
        super().__init__(work)
        self._thread = thread

    def is_ready(self, descriptor: int, event: int, until: float) -> bool:
        return self._thread.is_ready(self, descriptor, event, until)

    def sleep(self, seconds: float) -> None:
        self._thread.sleep(self, seconds)


class _Thread:
    """The lanes of one thread, and what each waits for."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._scheduler = greenlet.getcurrent()
        self._poll = select.poll()
        self._waiting: dict[int, tuple[_Lane, float]] = {}  # by descriptor, with the time when the wait ends
        self._asleep: list[tuple[float, int, _Lane]] = []
        self._order = itertools.count()

    def run(self, work: Callable[..., Result], items: Sequence[tuple[Any, ...]]) -> list[Result]:
        results: dict[int, Result] = {}
        errors: dict[int, BaseException] = {}

        def lane(number: int, arguments: tuple[Any, ...]) -> Callable[[], None]:
            def worked() -> None:
                try:
                    results[number] = work(*arguments)
                except BaseException as error:  # noqa: BLE001 - the lane's boundary: the others go on, and `run` raises it
                    errors[number] = error

            return worked

        for number, arguments in enumerate(items):
            while len(self._waiting) + len(self._asleep) >= self._at_once:
                self._wait()
            _Lane(self, lane(number, arguments)).switch()
        while self._waiting or self._asleep:
            self._wait()
        if errors:
            raise errors[min(errors)]
        return [results[number] for number in range(len(items))]

    def is_ready(self, lane: _Lane, descriptor: int, event: int, until: float) -> bool:
        self._poll.register(descriptor, event)
        self._waiting[descriptor] = lane, until
        ready: bool = self._scheduler.switch()
        return ready

    def sleep(self, lane: _Lane, seconds: float) -> None:
        heapq.heappush(self._asleep, (time.monotonic() + seconds, next(self._order), lane))
        self._scheduler.switch()

    def _wait(self) -> None:
        """Waits for an event of any lane, or for the first time that is over. Each of these lanes then goes on to its next wait."""
        for lane, ready in self._next():
            lane.switch(ready)

    def _next(self) -> list[tuple[_Lane, bool]]:
        ends = [until for _, until in self._waiting.values()] + [at for at, _, _ in self._asleep[:1]]
        seconds = min(ends) - time.monotonic()
        lanes = [(self._left(descriptor), True) for descriptor, _ in self._poll.poll(max(math.ceil(seconds * 1000), 0))]
        now = time.monotonic()
        over = [descriptor for descriptor, (_, until) in self._waiting.items() if until <= now]
        lanes += [(self._left(descriptor), False) for descriptor in over]
        while self._asleep and self._asleep[0][0] <= now:
            lanes.append((heapq.heappop(self._asleep)[2], True))
        return lanes

    def _left(self, descriptor: int) -> _Lane:
        self._poll.unregister(descriptor)
        return self._waiting.pop(descriptor)[0]


def _current() -> _Lane | None:
    lane = greenlet.getcurrent()
    return lane if isinstance(lane, _Lane) else None


WAITS.current_lane = _current
