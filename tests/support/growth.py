"""How the time of a work grows with its text."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.processor_time import seconds_of

CHARACTERS, ATTEMPTS = 2_000, 3
TIMES = 15  # odd, so that both sizes close the same quotes
SLACK = 4  # work by the square of its text takes four times as long as this allows


def is_linear(work: Callable[[str], object], piece: str) -> bool:
    """Compares two sizes of a repeated piece, each by the best of some attempts: a busy machine slows both."""
    small = piece * (CHARACTERS // len(piece))
    return _seconds(work, small * TIMES) < SLACK * TIMES * _seconds(work, small)


def _seconds(work: Callable[[str], object], text: str) -> float:
    return min(seconds_of(lambda: work(text)) for _ in range(ATTEMPTS))
