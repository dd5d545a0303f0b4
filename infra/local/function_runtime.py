"""Runs a function's process as `python -m awslambdaric` does, but on the stack's clock."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from awslambdaric import __main__ as runtime_client

from infra.local.moved_clock import VARIABLE, MovedClock


def main() -> None:
    with contextlib.suppress(Exception):  # the runtime client imports the same module, and reports the error
        from functions.wiring.container import Container  # noqa: PLC0415 - its error is reported later

        Container.now = staticmethod(MovedClock(Path(os.environ[VARIABLE])))
    runtime_client.main(sys.argv)


if __name__ == "__main__":
    main()
