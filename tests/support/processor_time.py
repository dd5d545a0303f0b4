"""How long a work takes the processor.

The garbage collector waits meanwhile: one collection of a process with thousands of tests takes two seconds, and would count as the work's.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def seconds_of(work: Callable[[], object]) -> float:
    with _without_collector():
        began = time.process_time()
        work()
        return time.process_time() - began


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fails if its block takes the processor longer."""
    with _without_collector():
        began = time.process_time()
        yield
        taken = time.process_time() - began
    assert taken < seconds


@contextmanager
def _without_collector() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
