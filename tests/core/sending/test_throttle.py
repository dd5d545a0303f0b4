from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from functions.core.sending.throttle import FRESH_SECONDS, Priority, SendQuota, SesQuota, with_quota
from tests.support.examples import NOON


def a_governor(per_second: float = 10, per_day: int | None = None, sent: int = 0) -> SendQuota:
    return with_quota(None, SesQuota(per_second, per_day, sent), NOON)


def test_it_grants_a_second_s_worth_at_once_and_then_the_rate() -> None:
    governor, got = a_governor().leased(100, NOON)
    assert got == 10
    assert governor.leased(1, NOON)[1] == 0
    assert governor.wait_seconds(NOON) == pytest.approx(0.1)
    assert governor.leased(100, NOON + 0.5)[1] == 5


def test_the_day_s_quota_ends_it_whatever_the_rate_allows() -> None:
    governor, got = a_governor(per_day=100, sent=97).leased(10, NOON)
    assert (got, governor.exhausted()) == (3, True)
    assert governor.leased(1, NOON + 3600)[1] == 0
    assert with_quota(governor, SesQuota(10, 100, 50), NOON + 300).leased(10, NOON + 300)[1] == 10


def test_an_unlimited_account_has_no_day() -> None:
    assert not a_governor(per_day=None, sent=1_000_000).exhausted()


def test_bulk_mail_leaves_the_reserve_to_single_sends() -> None:
    governor = a_governor(per_day=20)
    governor, bulk = governor.leased(100, NOON, Priority.BULK)
    assert bulk == 5
    assert governor.leased(100, NOON, Priority.BULK)[1] == 0
    assert governor.leased(100, NOON, Priority.SINGLE)[1] == 5


def test_bulk_mail_stops_before_the_day_does() -> None:
    governor = a_governor(per_day=1)
    assert governor.exhausted(Priority.BULK)
    assert not governor.exhausted()


def test_what_others_send_over_smtp_is_taken_off_our_share() -> None:
    governor = replace(a_governor(per_second=10), sent_elsewhere=1200)
    after = with_quota(governor, SesQuota(10, None, 0), NOON + 300)
    assert (after.per_second, after.sent_elsewhere) == (6, 0)
    assert with_quota(replace(governor, sent_elsewhere=10**6), SesQuota(10, None, 0), NOON + 300).per_second == 1, (
        "a tenth stays ours"
    )


def test_telling_the_quota_gives_no_tokens_away() -> None:
    governor, _ = a_governor().leased(10, NOON)
    assert with_quota(governor, SesQuota(10, None, 0), NOON).leased(10, NOON)[1] == 0


def test_a_quota_that_nobody_tells_any_more_is_not_believed() -> None:
    assert a_governor().is_fresh(NOON + FRESH_SECONDS - 1)
    assert not a_governor().is_fresh(NOON + FRESH_SECONDS)


@given(
    per_second=st.floats(0.5, 5000),
    per_day=st.none() | st.integers(0, 500),
    steps=st.lists(st.tuples(st.floats(0, 5), st.integers(1, 200), st.sampled_from(list(Priority))), max_size=40),
)
def test_never_more_than_the_rate_and_the_day_allow(
    per_second: float, per_day: int | None, steps: list[tuple[float, int, Priority]]
) -> None:
    governor, now, granted = a_governor(per_second, per_day), NOON, 0
    for passed, wanted, lane in steps:
        now += passed
        governor, got = governor.leased(wanted, now, lane)
        assert 0 <= got <= wanted
        granted += got
    assert granted <= governor.rate.burst + per_second * (now - NOON) + 1e-6
    assert per_day is None or granted <= per_day
