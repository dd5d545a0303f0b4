"""How a call waits. Usually its thread blocks. In a lane (lanes.py) the thread's other lanes run meanwhile."""

from __future__ import annotations

import math
import select
import threading
import time
from collections.abc import Callable
from typing import Protocol

LOCK_SECONDS = 0.001  # between two attempts of a lane to get a lock


class Lane(Protocol):
    def is_ready(self, descriptor: int, event: int, until: float) -> bool:
        """Returns False if the time is over."""

    def sleep(self, seconds: float) -> None: ...


class Waits:
    """`current_lane` returns the lane that runs, or None. Most functions have no lanes, and load no greenlets."""

    def __init__(self) -> None:
        self.current_lane: Callable[[], Lane | None] = lambda: None


WAITS = Waits()


def sleep(seconds: float) -> None:
    lane = WAITS.current_lane()
    if lane is None:
        time.sleep(seconds)
    else:
        lane.sleep(seconds)


def is_ready(poll: select.poll, descriptor: int, event: int, until: float) -> bool:
    """Waits for the event, for which `poll` watches the descriptor. Returns False if the time is over."""
    lane = WAITS.current_lane()
    if lane is not None:
        return lane.is_ready(descriptor, event, until)
    seconds = until - time.monotonic()
    return seconds > 0 and bool(poll.poll(math.ceil(seconds * 1000)))


class Lock:
    """A lock that is held during a call. A lane that waits for it lets the holder, on the same thread, go on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        if WAITS.current_lane() is None:
            self._lock.acquire()
            return
        while not self._lock.acquire(blocking=False):
            sleep(LOCK_SECONDS)

    def __exit__(self, *_error: object) -> None:
        self._lock.release()
