"""No step may cost more than it is declared to when there are more things. Its calls and units are compared, and no seconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from functions import wiring
from functions.adapters.access.audit import DynamoAuditEntries
from functions.core.access.audit import LogEntry
from functions.core.statistics.periods import FIRST, LAST
from functions.steps.events.search_messages import MessageQuery
from tests.bench.growth import reads
from tests.bench.growth.measuring import TABLE, complaint, measure
from tests.bench.growth.report import MEGABYTE
from tests.bench.growth.rows import SAME, Growth, Row
from tests.bench.growth.stage import TODAY, Stage


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_a_step_grows_as_it_is_declared(row: Row) -> None:
    measured = [measure(row, count) for count in row.sizes]

    assert complaint(row, measured) == ""


def test_the_table_has_each_step_that_may_grow() -> None:
    declared = {row.step for row in TABLE} | SAME.keys()

    assert reads.growing_steps().keys() - declared == set()
    assert set(SAME.values()) <= {row.step for row in TABLE}


def test_each_read_without_a_limit_has_a_step() -> None:
    reached = {read for step in reads.growing_steps().values() for read in step}

    assert reads.LIMITED.keys() <= set(reads.many_reads())
    assert set(reads.many_reads()) - reads.LIMITED.keys() - reached == reads.ELSEWHERE.keys()


def test_only_a_limit_or_a_reason_excuses_growth() -> None:
    assert [row.name for row in TABLE if (row.growth in {Growth.LIMITED, Growth.WHOLE}) != bool(row.why)] == []


def test_a_list_step_that_loads_everything_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    latest = DynamoAuditEntries.latest

    def load_all(self: DynamoAuditEntries, most: int, before: str = "") -> Sequence[LogEntry]:
        return latest(self, 1_000_000, before)[:most]

    row = next(one for one in TABLE if one.step == "access.search_audit.SearchAudit.__call__")
    monkeypatch.setattr(DynamoAuditEntries, "latest", load_all)

    assert "not bounded" in complaint(row, [measure(row, count, MEGABYTE) for count in (1_000, 2_000, 4_000)])


def test_a_query_for_each_item_is_reported() -> None:
    row = Row("a.step", "emails", Growth.CONSTANT, 1, (20, 80, 320), one_query_for_each_email)

    assert "a.step (emails) is not constant: calls 20 of 20, 80 of 80, 320 of 320" in complaint(
        row, [measure(row, count) for count in row.sizes]
    )


def one_query_for_each_email(stage: Stage, n: int) -> Iterator[int]:
    emails = stage.emails(n)
    counters = stage.step(wiring.adapters.statistics.counters)
    yield len(counters.by_email("2026-11-29T00", "2026-11-29T23", emails))


def test_a_search_of_a_day_reads_the_broadcasts_once() -> None:
    stage = Stage(page_octets=1_000_000)
    stage.sent_today(stage.emails(50))
    list(stage.step(wiring.events.search_messages)._of_days(MessageQuery(), None, [TODAY]))

    queries = stage.meter.cost().by_call["query"]
    assert queries == 50 + 2  # the day's emails, and the broadcasts


def test_memory_stays_flat_with_generated_things() -> None:
    """A million messages are made when they are read."""
    stage = Stage()
    stage.messages(1_000_000)
    index = stage.get(wiring.adapters.sending.message_index)

    assert next(index.of_email(100_000, FIRST, LAST)).accepted_at > "2026-11-29T10"
    assert stage.tables.count("sends") == 0
