"""The clock moves to what people write, and one file moves it for every process."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.local import moved_clock
from infra.local.clock.travel import target
from infra.local.moved_clock import MovedClock

NOON = 1_796_212_800.0
DAY = 86_400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("+3d", NOON + 3 * DAY),
        ("+1d12h", NOON + 1.5 * DAY),
        ("+2w1d", NOON + 15 * DAY),
        ("+30m", NOON + 1800),
        ("2026-12-03T12:00Z", 1_796_299_200.0),
        ("2026-12-03T13:00+01:00", 1_796_299_200.0),
    ],
)
def test_a_target_is_a_span_or_a_time(text: str, seconds: float) -> None:
    assert target(text, NOON) == seconds


@pytest.mark.parametrize("text", ["", "3d", "-3d", "+", "+3", "+3y", "+0d", "+3d ", "tomorrow", "+900d"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - as click and aiohttp take it
        target(text, NOON)


def test_two_clocks_on_one_file_move_together(tmp_path: Path) -> None:
    here = moved_clock.created(tmp_path / "clock")
    there = MovedClock(tmp_path / "clock")
    here.move(3.0 * DAY)
    assert there.moved == 3 * DAY
    assert abs(there() - here()) < 60
