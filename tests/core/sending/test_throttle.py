from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from functions.core.sending.throttle import FRESH_SECONDS, Priority, SendQuota, SesQuota, with_quota
from tests.support.examples import NOON


def a_quota(per_second: float = 10, per_day: int | None = None, sent: int = 0) -> SendQuota:
    return with_quota(None, SesQuota(per_second, per_day, sent), NOON)


def test_it_grants_one_second_at_once_and_then_the_rate() -> None:
    quota, got = a_quota().leased(100, NOON)
    assert got == 10
    assert quota.leased(1, NOON)[1] == 0
    assert quota.wait_seconds(NOON) == pytest.approx(0.1)
    assert quota.leased(100, NOON + 0.5)[1] == 5


def test_the_daily_quota_limits_it_at_any_rate() -> None:
    quota, got = a_quota(per_day=100, sent=97).leased(10, NOON)
    assert (got, quota.exhausted()) == (3, True)
    assert quota.leased(1, NOON + 3600)[1] == 0
    assert with_quota(quota, SesQuota(10, 100, 50), NOON + 300).leased(10, NOON + 300)[1] == 10


def test_an_unlimited_account_has_no_daily_quota() -> None:
    assert not a_quota(per_day=None, sent=1_000_000).exhausted()


def test_bulk_mail_leaves_the_reserve_to_single_sends() -> None:
    quota = a_quota(per_day=20)
    quota, bulk = quota.leased(100, NOON, Priority.BULK)
    assert bulk == 5
    assert quota.leased(100, NOON, Priority.BULK)[1] == 0
    assert quota.leased(100, NOON, Priority.SINGLE)[1] == 5


def test_bulk_mail_stops_before_the_day_does() -> None:
    quota = a_quota(per_day=1)
    assert quota.exhausted(Priority.BULK)
    assert not quota.exhausted()


def test_smtp_mail_reduces_our_share() -> None:
    quota = replace(a_quota(per_second=10), sent_elsewhere=1200)
    after = with_quota(quota, SesQuota(10, None, 0), NOON + 300)
    assert (after.per_second, after.sent_elsewhere) == (6, 0)
    assert with_quota(replace(quota, sent_elsewhere=10**6), SesQuota(10, None, 0), NOON + 300).per_second == 1, (
        "a tenth stays ours"
    )


def test_a_refreshed_quota_adds_no_tokens() -> None:
    quota, _ = a_quota().leased(10, NOON)
    assert with_quota(quota, SesQuota(10, None, 0), NOON).leased(10, NOON)[1] == 0


def test_an_old_quota_is_ignored() -> None:
    assert a_quota().is_fresh(NOON + FRESH_SECONDS - 1)
    assert not a_quota().is_fresh(NOON + FRESH_SECONDS)


@given(
    per_second=st.floats(0.5, 5000),
    per_day=st.none() | st.integers(0, 500),
    steps=st.lists(st.tuples(st.floats(0, 5), st.integers(1, 200), st.sampled_from(list(Priority))), max_size=40),
)
def test_never_more_than_the_rate_and_the_day_allow(
    per_second: float, per_day: int | None, steps: list[tuple[float, int, Priority]]
) -> None:
    quota, now, granted = a_quota(per_second, per_day), NOON, 0
    for passed, count, priority in steps:
        now += passed
        quota, got = quota.leased(count, now, priority)
        assert 0 <= got <= count
        granted += got
    assert granted <= quota.rate.burst + per_second * (now - NOON) + 1e-6
    assert per_day is None or granted <= per_day
