"""Counts what a step uses of AWS: its calls, DynamoDB's units, and the processor time of the step without that of the double."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Lock
from typing import Any, TypeVar

from msgspec import Struct

Method = TypeVar("Method", bound=Callable[..., Any])


class Cost(Struct, frozen=True):
    """What one call of a step took."""

    calls: int
    read: float  # units
    written: float
    seconds: float  # of the processor
    by_call: dict[str, int]

    @property
    def units(self) -> float:
        return self.read + self.written


class Meter:
    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.read = self.written = 0.0
        self.own_seconds = 0.0  # in the double
        self._lock = Lock()
        self._began = 0.0
        self.number = 0  # of all calls

    def reads(self, octets: int, *, consistent: bool) -> None:
        with self._lock:
            self.read += max(math.ceil(octets / 4096), 1) * (1 if consistent else 0.5)

    def writes(self, octets: int, entries: int = 0, *, transaction: bool = False) -> None:
        with self._lock:
            self.written += (max(math.ceil(octets / 1024), 1) + entries) * (2 if transaction else 1)

    @contextmanager
    def call(self, operation: str) -> Iterator[None]:
        began = time.thread_time()
        try:
            yield
        finally:
            with self._lock:
                self.calls[operation] += 1
                self.number += 1
                self.own_seconds += time.thread_time() - began

    def restart(self) -> None:
        self.calls.clear()
        self.read = self.written = self.own_seconds = 0.0
        self._began = time.process_time()

    def cost(self) -> Cost:
        """What was used since the restart."""
        seconds = max(0.0, time.process_time() - self._began - self.own_seconds)
        by_call = dict(self.calls)
        return Cost(sum(by_call.values()), self.read, self.written, seconds, by_call)


def operation(method: Method) -> Method:
    """A method of a double that is a call of AWS."""

    @wraps(method)
    def counted(self: Any, **request: Any) -> Any:
        with self.meter.call(method.__name__):
            return method(self, **request)

    return counted  # type: ignore[return-value]  # the same signature
