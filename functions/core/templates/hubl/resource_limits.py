"""Limits a template's time and memory. Jinja2's sandbox protects only our objects. Every turn of a loop and every call is a step, and
steps are limited. An operation on a large value is estimated first, and costs steps in proportion. So every value of a template is
bounded, and so are all of them together.

Nothing can interrupt Python in a thread, so the steps read the processor's time too, and an operation between two of them is short.
"""

from __future__ import annotations

import time
from typing import Any, Self

from jinja2.runtime import Context

SIZE_MAX = 2_000_000  # characters of one operation's result; an element of a list counts as some
STEPS_MAX = 100_000  # in one part: some tenths of a second
SECONDS_MAX = 1  # of a processor, for all mails of a send: ten slow sends of a batch then end within deliver's timeout
STEPS_PER_LOOK = 100  # between two looks at the time, each of which costs as much as some steps
CHARACTERS_PER_STEP = 100
TOO_LARGE = f"the template would make a value larger than {SIZE_MAX:,} characters"
_METER = "rendering meter"  # its key in a template's context: no template can spell it


class RenderingTime:
    """The processor's time that the mails of one send share. It counts only the thread's own time, so a busy worker shortens nothing."""

    __slots__ = ("_left", "_until")

    def __init__(self, seconds: float = SECONDS_MAX) -> None:
        self._left, self._until = seconds, 0.0

    def __enter__(self) -> Self:
        self._until = time.thread_time() + self._left
        return self

    def __exit__(self, *_error: object) -> None:
        self._left = self._until - time.thread_time()

    def check(self) -> None:
        """Raises OverflowError if the time is over."""
        if time.thread_time() > self._until:
            raise OverflowError(f"the template takes longer than {SECONDS_MAX} s of a processor")


class _Meter:
    """The steps of one part."""

    __slots__ = ("draws", "last_values", "look_at", "now", "steps", "time")

    def __init__(self, rendering_time: RenderingTime, now: float) -> None:
        self.now, self.draws = now, 0
        self.steps, self.look_at, self.time = 0, STEPS_PER_LOOK, rendering_time
        self.last_values: dict[str, Any] = {}

    def look(self) -> None:
        if self.steps > STEPS_MAX:
            raise OverflowError(
                f"the template takes more than {STEPS_MAX:,} turns of loops and calls, or as much in large values"
            )
        self.time.check()
        self.look_at = min(self.steps + STEPS_PER_LOOK, STEPS_MAX + 1)


def metered(rendering_time: RenderingTime, now: float) -> dict[str, Any]:
    """Returns what the context of one part needs. `now` is the source of its random choices."""
    return {_METER: _Meter(rendering_time, now)}


def step(context: Context, count: int = 1) -> None:
    """Counts steps. Raises OverflowError if there are too many, or they take too long."""
    meter = context.parent[_METER]
    meter.steps += count
    if meter.steps >= meter.look_at:
        meter.look()


def pay(context: Context, size: int) -> None:
    """Counts the steps of an operation on a value of this size. Raises OverflowError if it is too large."""
    if size > SIZE_MAX:
        raise OverflowError(TOO_LARGE)
    if size >= CHARACTERS_PER_STEP:
        step(context, size // CHARACTERS_PER_STEP)


def changes(context: Context) -> dict[str, Any]:
    """Returns the values that `ifchanged` compared last in this part."""
    last_values: dict[str, Any] = context.parent[_METER].last_values
    return last_values


def draw(context: Context) -> str:
    """Returns the seed of the part's next random choice. It is the same in each part and in each attempt of a send."""
    meter = context.parent[_METER]
    meter.draws += 1
    return f"{meter.now} {meter.draws}"
