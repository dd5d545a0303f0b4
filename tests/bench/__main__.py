"""`make bench`: what a send costs, measured on this machine, next to the targets of the design and to django-post-office.

    python -m tests.bench [--messages 2000] [--no-peer]
    python -m tests.bench --broadcasts 1000,100000
    python -m tests.bench growth [--only tokens]

Processor time is the worker's own, in microseconds per send; AWS is a stub in another process, which answers at once and without TLS.
Rates are what one core could do if it never waited: they compare, and promise nothing about Lambda.
"""

from __future__ import annotations

import argparse
import json
import sys

from tests.bench import broadcast_report, rendering, report
from tests.bench.growth.report import report as growth
from tests.bench.running import broadcasts, django, staffetta


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="What a send costs.")
    parser.add_argument(
        "what", nargs="?", choices=["sends", "growth"], default="sends", help="growth: how each step grows"
    )
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="growth: only steps and things whose name has this text"
    )
    parser.add_argument("--messages", type=int, default=2000, help="how many sends to measure (default: %(default)s)")
    parser.add_argument("--no-peer", action="store_true", help="without django-post-office")
    parser.add_argument(
        "--broadcasts",
        type=lambda text: [int(number) for number in text.split(",")],
        metavar="RECIPIENTS,...",
        help="measure broadcasts to so many recipients instead: 1000,100000 or 1000000",
    )
    parser.add_argument("--json", action="store_true", help="the bare figures")
    arguments = parser.parse_args()
    if arguments.what == "growth":
        raise SystemExit(not growth(arguments.only))
    if arguments.broadcasts:
        figures = broadcasts(*arguments.broadcasts)
        sys.stdout.write(json.dumps(figures) if arguments.json else broadcast_report.text(figures))
        return
    measured = {**staffetta(arguments.messages), "rendering": rendering.measure()}
    peer = None if arguments.no_peer else django(arguments.messages // 4)
    sys.stdout.write(json.dumps({**measured, "peer": peer}) if arguments.json else report.text(measured, peer))


if __name__ == "__main__":
    main()
