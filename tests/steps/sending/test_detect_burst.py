"""Detecting a burst of one email, by a clock that the test moves."""

from __future__ import annotations

from functions.steps.sending import detect_burst
from functions.steps.sending.detect_burst import DetectBurst
from tests.fakes import Clock


def test_one_message_a_second_is_not_spread() -> None:
    clock = Clock()
    is_burst = DetectBurst(clock)
    spread = []
    for _ in range(10):
        spread.append((is_burst(7), is_burst(7), is_burst(8)))
        clock.now += 1
    assert spread == [(False, True, False)] * 10


def test_a_steady_burst_keeps_one_message_a_second_apart() -> None:
    clock = Clock()
    is_burst = DetectBurst(clock)
    spread = 0
    for _ in range(300):
        spread += is_burst(7)
        clock.now += 0.01
    assert spread == 300 - 3


def test_many_emails_do_not_fill_the_memory() -> None:
    is_burst = DetectBurst(Clock())
    assert not any(is_burst(number) for number in range(3 * detect_burst.EMAILS_MAX))
    assert len(is_burst._listed) <= detect_burst.EMAILS_MAX
