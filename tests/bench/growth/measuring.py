"""Runs the rows of the table, and compares their costs at growing sizes with the growth that is declared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec import Struct

from tests.bench.growth import account_rows, audience_rows, mail_rows
from tests.bench.growth.meter import Cost
from tests.bench.growth.rows import ROWS, Growth, Row
from tests.bench.growth.stage import Stage

TABLE: Sequence[Row] = tuple(ROWS)
_ROOMS = (account_rows, audience_rows, mail_rows)  # their import fills the table
PAGE_OCTETS = 16_000  # of a read of DynamoDB in the test: a megabyte would hide what only many items show
CALLS_MAX = 30  # of a step in one measurement: the others cost the same
SLACK = 1.25  # a page may begin in the middle of a read
FEW = 4  # calls or units that a larger account may cost more, once


class Measured(Struct, frozen=True):
    """The dearest call of a step with so many things."""

    count: int
    results: int
    cost: Cost
    calls: int = 1  # of the step, until it was done


def measure(row: Row, count: int, page_octets: int = PAGE_OCTETS, most: int = CALLS_MAX) -> Measured:
    stage = Stage(page_octets)
    calls = list(islice(_calls(stage, row, count), most))
    results, cost = max(calls, key=lambda one: (one[1].calls + one[1].units) / _share(row, one[0]))
    return Measured(count, results, cost, len(calls))


def _share(row: Row, results: int) -> int:
    return max(results, 1) if row.growth is Growth.PER_RESULT else 1


def _calls(stage: Stage, row: Row, count: int) -> Iterator[tuple[int, Cost]]:
    calls = row.scenario(stage, count)
    while True:
        results = next(calls, None)
        if results is None:
            return
        yield results, stage.meter.cost()
        stage.meter.restart()


def complaint(row: Row, measured: Sequence[Measured], page_octets: int = PAGE_OCTETS) -> str:
    """Returns how a step grows worse than it is declared to, or an empty text. A bounded step may read one page more."""
    small, large = measured[0], measured[-1]
    for name in ("calls", "units"):
        before, after = getattr(small.cost, name), getattr(large.cost, name)
        allowed = before * SLACK + FEW
        if row.growth in {Growth.LIMITED, Growth.WHOLE}:
            allowed = before * large.count / small.count * SLACK + FEW
        if row.growth is Growth.PER_RESULT:
            allowed = before / max(small.results, 1) * max(large.results, 1) * SLACK + FEW
        if row.growth is Growth.BOUNDED and name == "units":
            allowed += page_octets / 4096
        if after > allowed:
            figures = ", ".join(f"{getattr(one.cost, name):g} of {one.count}" for one in measured)
            return f"{row.name} is not {row.growth}: {name} {figures}"
    return ""
