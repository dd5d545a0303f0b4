"""Dead letters of a deployed stage: back into its send queue."""

from __future__ import annotations

import argparse

from functions import wiring
from infra import deployed
from infra.local.commands.terminal import add_stage, show


def add(parser: argparse.ArgumentParser) -> None:
    add_stage(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    redriven = deployed.container(options.stage).get(wiring.account.redrive)()
    for verdict, number in redriven.items():
        show(f"{number}  {verdict}")
    if not redriven:
        show("There are no dead letters.")
