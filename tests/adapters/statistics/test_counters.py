"""ports.Counters: one suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from functions import wiring
from functions.adapters.statistics.counters import _update
from functions.core import ids
from functions.core.errors import Retry
from functions.core.events import bots
from functions.core.statistics.counter_updates import (
    NAMES_MAX,
    WATERMARK_SECONDS,
    CounterKey,
    CounterUpdate,
    Increment,
    ShardCounters,
    Subject,
    SubjectType,
    Watermark,
    added,
    additions,
    slot,
)
from functions.core.statistics.periods import FIRST, LAST, DateRange
from functions.ports.statistics import Counters, EmailCounters, PeriodCounters
from functions.wiring import Container
from tests.fakes.statistics import MemoryCounters
from tests.support.aws.cloud import SETTINGS, aws_of
from tests.support.examples import NOON

_sequence = itertools.count(4_421_584_500_000_000_017_450_439_091_000_000_000_000)
CELL = CounterKey(Subject(SubjectType.EMAIL, "7"), "2026-11-23T12")
DAYS, HOURS = DateRange(FIRST, LAST, days=True), DateRange(FIRST, LAST, days=False)
RULES = frozenset({bots.RULES_VERSION})


@pytest.fixture(params=["memory", "dynamo"])
def metrics(request: pytest.FixtureRequest) -> Counters:
    """Empty each time."""
    if request.param == "memory":
        return MemoryCounters()
    container = aws_of(request)
    table, client = SETTINGS.metrics_table, container.get(wiring.clients.dynamodb)
    for item in client.scan(TableName=table)["Items"]:
        client.delete_item(TableName=table, Key={name: item[name] for name in ("subject", "bucket")})
    return container.get(wiring.adapters.statistics.counters)


def count(metrics: Counters, cell: CounterKey, shard: str = "shard", email_id: int = 0, **counters: int) -> None:
    increments = [Increment(next(_sequence), counters, email_id)]
    for addition in additions(metrics.get(cell, shard), shard, increments, NOON):
        metrics.add(cell, shard, addition)


def of_email(email_id: int, period: str) -> CounterKey:
    return CounterKey(Subject(SubjectType.EMAIL, str(email_id)), period)


def test_an_unknown_key_has_no_counters(metrics: Counters) -> None:
    assert metrics.get(CELL, "shard") == ShardCounters()
    assert metrics.read(CELL.subject, HOURS) == []


def test_long_sequence_numbers_come_back(metrics: Counters) -> None:
    increments = [Increment(next(_sequence), {"sent": 1, "pending": -1, "click https://s.example/ü #:": 1}, email_id=9)]
    (addition,) = additions(ShardCounters(), "shard", increments, NOON)
    metrics.add(CELL, "shard", addition)
    assert metrics.get(CELL, "shard") == added(ShardCounters(), addition)


def test_additions_add_up(metrics: Counters) -> None:
    for _ in range(3):
        count(metrics, CELL, sent=2, pending=-1)
    assert metrics.get(CELL, "shard").counters == {"sent": 6, "pending": -3}


def test_a_worker_that_lost_its_shard_adds_nothing(metrics: Counters) -> None:
    """Neither the first to count there, nor a later one."""
    for _round in range(2):
        read = metrics.get(CELL, "shard")
        mine, theirs = (
            next(additions(read, "shard", [Increment(next(_sequence), {"sent": number})], NOON)) for number in (1, 5)
        )
        metrics.add(CELL, "shard", mine)
        with pytest.raises(Retry, match="another worker"):
            metrics.add(CELL, "shard", theirs)
        assert metrics.get(CELL, "shard") == added(read, mine)


def test_another_shard_is_no_hindrance(metrics: Counters) -> None:
    other = next(name for number in itertools.count() if slot(name := f"other-{number}") == slot("shard"))
    read = metrics.get(CELL, "shard")
    (mine,) = additions(read, "shard", [Increment(next(_sequence), {"sent": 1})], NOON)
    count(metrics, CELL, other, sent=5)
    metrics.add(CELL, "shard", mine)
    assert metrics.get(CELL, "shard").counters == {"sent": 6}
    assert len(metrics.get(CELL, other).watermarks) == 2


def test_outdated_watermarks_go(metrics: Counters) -> None:
    other = next(name for number in itertools.count() if slot(name := f"other-{number}") == slot("shard"))
    count(metrics, CELL, other, sent=1)
    read = metrics.get(CELL, "shard")
    (late,) = additions(read, "shard", [Increment(next(_sequence), {"sent": 1})], NOON + WATERMARK_SECONDS)
    metrics.add(CELL, "shard", late)
    stored = metrics.get(CELL, "shard")
    assert (set(stored.watermarks), stored.counters) == ({ids.digest("shard")}, {"sent": 2})


def test_the_slots_of_a_period_are_summed_in_order(metrics: Counters) -> None:
    for number in range(12):
        count(metrics, CELL, f"shard-{number}", sent=1)
    count(metrics, of_email(7, "2026-11-23T09"), open=1)
    count(metrics, of_email(7, "2026-11-23"), sent=100)
    assert metrics.read(CELL.subject, HOURS) == [
        PeriodCounters("2026-11-23T09", {"open": 1}, RULES),
        PeriodCounters("2026-11-23T12", {"sent": 12}, RULES),
    ]
    assert metrics.read(CELL.subject, DAYS) == [PeriodCounters("2026-11-23", {"sent": 100}, RULES)]
    assert metrics.read(CELL.subject, DateRange("2026-11-23T10", "2026-11-23T11", days=False)) == []


def test_emails_are_listed_by_the_day(metrics: Counters) -> None:
    for day, email_id in (("2026-11-23", 8), ("2026-11-23", 7), ("2026-11-24", 9)):
        count(metrics, CounterKey(Subject(SubjectType.ACCOUNT), day), email_id=email_id, sent=1)
    assert metrics.emails("2026-11-23", "2026-11-23") == [7, 8]
    assert metrics.emails(FIRST, LAST) == [7, 8, 9]
    assert metrics.emails("2026-11-25", LAST) == []


@pytest.mark.parametrize(
    ("span", "ids", "expected"),
    [
        (("2026-11-23T12", "2026-11-23T12"), (), {7: {"sent": 1}, 8: {"sent": 4}}),
        (("2026-11-23T12", "2026-11-23T13"), (), {7: {"sent": 3, "open": 1}, 8: {"sent": 4}}),
        (("2026-11-23T12", "2026-11-24T23"), (), {7: {"sent": 10, "open": 1}, 8: {"sent": 4}}),
        ((FIRST, LAST), (), {7: {"sent": 10, "open": 1}, 8: {"sent": 4}}),
        ((FIRST, LAST), (8, 9), {8: {"sent": 4}}),
        (("2027-01-01T00", LAST), (), {}),
    ],
)
def test_totals_by_email_over_hours_and_days(metrics: Counters, span: tuple[str, str], ids: Any, expected: Any) -> None:
    def both(email_id: int, hour: str, **counters: int) -> None:
        count(metrics, of_email(email_id, hour), "shard", 0, **counters)
        count(metrics, of_email(email_id, hour[:10]), "shard", 0, **counters)
        count(metrics, CounterKey(Subject(SubjectType.ACCOUNT), hour[:10]), "shard", email_id, **counters)

    both(7, "2026-11-23T12", sent=1)
    both(7, "2026-11-23T13", sent=1)
    both(7, "2026-11-23T13", sent=1, open=1)
    both(7, "2026-11-24T00", sent=7)
    both(8, "2026-11-23T12", sent=4)
    assert metrics.by_email(*span, ids) == [
        EmailCounters(email_id, total, RULES) for email_id, total in expected.items()
    ]


def test_only_so_many_tags_are_admitted_and_they_stay(metrics: Counters) -> None:
    assert metrics.reserve_tags("2026-11-23", frozenset({"a=1"}), 2) == {"a=1"}
    assert metrics.reserve_tags("2026-11-23", frozenset({"c=1", "b=1", "d=1"}), 2) == {"a=1", "b=1"}
    assert metrics.reserve_tags("2026-11-23", frozenset({"c=1", "a=1"}), 2) == {"a=1", "b=1"}
    assert metrics.reserve_tags("2026-11-24", frozenset({"c=1"}), 2) == {"c=1"}
    assert metrics.tags("2026-11-23", "2026-11-24") == ["a=1", "b=1", "c=1"]
    assert metrics.tags("2026-11-25", LAST) == []


def test_tags_that_two_admit_at_once_stay_within_the_bound(aws: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another's come between the look and the write: then there is a second look."""
    metrics, once = aws.get(wiring.adapters.statistics.counters), [True]
    original = type(metrics)._admit

    def interrupted(self: Any, day: str, new: list[str], room_below: int) -> bool:
        if once.pop() if once else False:
            metrics.reserve_tags(day, frozenset({"x=1"}), 2)
        return original(self, day, new, room_below)

    monkeypatch.setattr(type(metrics), "_admit", interrupted)
    assert metrics.reserve_tags("2027-05-01", frozenset({"a=1", "b=1"}), 2) == {"x=1", "a=1"}


def test_the_largest_write_is_within_dynamodbs_bounds(aws: Container) -> None:
    """An expression has 4 KB at most; and moto takes it."""
    counters = {f"machineclicks https://{number:0180}": number for number in range(NAMES_MAX)}
    watermark = Watermark(10**39, int(NOON))
    outdated = tuple(f"{number:016}" for number in range(40))
    largest = CounterUpdate(
        ids.digest("shard"), watermark, watermark, counters, frozenset(range(1000)), outdated=outdated
    )
    update = _update(largest)
    assert len(update["UpdateExpression"]) < 4096
    assert len(update["ConditionExpression"]) < 4096
    cell = CounterKey(Subject(SubjectType.LINKS, "1"), "2028-01-01")
    aws.get(wiring.adapters.statistics.counters).add(
        cell, "shard", CounterUpdate(largest.shard, None, watermark, counters)
    )
    aws.get(wiring.adapters.statistics.counters).add(cell, "shard", largest)
    assert sum(aws.get(wiring.adapters.statistics.counters).get(cell, "shard").counters.values()) == 2 * sum(
        counters.values()
    )
