"""`make bench ARGS=growth`: the table, with figures measured at a sixteenth, a quarter and all of each step's things."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tests.bench.growth.measuring import TABLE, Measured, complaint, measure
from tests.bench.growth.rows import Row

MEGABYTE = 1_000_000
CALLS = 3  # of a step: the others cost the same
HEADING = f"{'n':>11} {'calls':>9} {'read units':>11} {'written':>9} {'ms':>9} {'results':>9}\n"


def report(only: str = "") -> bool:
    """Returns whether each step grows as it is declared."""
    complaints: list[str] = []
    sys.stdout.write(f"The dearest call of each step. ms: of the processor, in the step itself.\n{HEADING}")
    for row in TABLE:
        if only in row.name:
            measured = [measure(row, count, MEGABYTE, CALLS) for count in (row.full // 16, row.full // 4, row.full)]
            complaints += filter(None, [complaint(row, measured, MEGABYTE)])
            sys.stdout.write(text(row, measured))
            sys.stdout.flush()
    sys.stdout.write("".join(f"WORSE: {one}\n" for one in complaints) or "Each step grows as it is declared.\n")
    return not complaints


def text(row: Row, measured: Sequence[Measured]) -> str:
    growth = f"{row.growth}: {row.why}" if row.why else row.growth
    lines = "".join(
        f"{one.count:>11,} {one.cost.calls:>9,} {one.cost.read:>11,.1f} {one.cost.written:>9,.0f} "
        f"{one.cost.seconds * 1000:>9,.1f} {one.results:>9,}\n"
        for one in measured
    )
    return f"\n{row.name}: {growth}\n{lines}"
