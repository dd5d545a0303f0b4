from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.sending import max_delivery_time
from functions.core.sending.max_delivery_time import LONGEST, SET_LIMITS, SHORTEST, SLACK_SECONDS
from tests.support.examples import NOON, NOON_TEXT


@pytest.mark.parametrize(
    ("seconds", "limit"),
    [(300, 300), (869, 300), (900, 900), (3569, 900), (3600, 3600), (50_369, 3600), (50_400, 0)],
)
def test_a_mail_gets_the_longest_set_in_time(seconds: int, limit: int) -> None:
    assert max_delivery_time.set_limit(max_delivery_time.expiry(NOON_TEXT, seconds), NOON) == limit


def test_without_an_expiry_there_is_no_limit() -> None:
    assert max_delivery_time.set_limit("", NOON) == 0
    assert not max_delivery_time.is_over("", NOON + 10 * LONGEST)


@given(st.integers(SHORTEST, LONGEST), st.floats(0, LONGEST))
def test_no_set_delivers_after_the_time_except_the_shortest(seconds: int, waited: float) -> None:
    limit = max_delivery_time.set_limit(max_delivery_time.expiry(NOON_TEXT, seconds), NOON + waited)
    assert limit in (0, *SET_LIMITS)
    assert limit in (0, SET_LIMITS[0]) or waited + limit <= seconds + SLACK_SECONDS


def test_the_limits_are_within_those_of_ses() -> None:
    assert all(SHORTEST <= limit < LONGEST for limit in SET_LIMITS)
    assert max_delivery_time.set_name("transactional", 300) == "transactional-300s"
