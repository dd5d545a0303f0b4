"""Threads in simulated time: one runs until it sleeps, then the one whose time comes first. So code that calls `sleep` runs as it is."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable, Iterable


class VirtualTime:
    def __init__(self, now: float = 0.0) -> None:
        self._now = now
        self._numbers = itertools.count()
        self._sleepers: list[tuple[float, int, threading.Semaphore]] = []
        self._running = 0
        self._ended = threading.Semaphore(0)
        self._errors: list[BaseException] = []

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        turn = self._turn_at(self._now + max(0.0, seconds))
        self._wake_next()
        turn.acquire()

    def run(self, works: Iterable[Callable[[], None]]) -> None:
        """Runs the works to their ends. Raises the first error of one."""
        threads = [threading.Thread(target=self._work, args=(work, self._turn_at(self._now))) for work in works]
        self._running = len(threads)
        for thread in threads:
            thread.start()
        self._wake_next()
        self._ended.acquire()
        for thread in threads:
            thread.join()
        if self._errors:
            raise self._errors[0]

    def _work(self, work: Callable[[], None], turn: threading.Semaphore) -> None:
        turn.acquire()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is raised by run()
            self._errors.append(error)
        self._running -= 1
        if self._running:
            self._wake_next()
        else:
            self._ended.release()

    def _turn_at(self, at: float) -> threading.Semaphore:
        turn = threading.Semaphore(0)
        heapq.heappush(self._sleepers, (at, next(self._numbers), turn))
        return turn

    def _wake_next(self) -> None:
        at, _, turn = heapq.heappop(self._sleepers)
        self._now = max(self._now, at)
        turn.release()
