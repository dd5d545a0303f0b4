"""Waits for what another thread or process does by itself, however busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable

NO_ANSWER_SECONDS = 300  # of a server that hangs: a busy one answers before
PATIENCE_SECONDS = 60
KILLED_WORKER_SECONDS = (
    420  # a busy machine may end a function by its timeout: its messages come back after up to 360 s
)
LOOK_SECONDS = 0.05


def wait_until(condition: Callable[[], bool], progress: Callable[[], object]) -> None:
    """Fails once `progress` has been the same for long: work on a busy machine is slow, but it gets on."""
    before, since = progress(), time.monotonic()
    while not condition():
        if (now := progress()) != before:
            before, since = now, time.monotonic()
        assert time.monotonic() - since < PATIENCE_SECONDS, f"nothing happens any more: {before}"
        time.sleep(LOOK_SECONDS)
