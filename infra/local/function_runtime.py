"""Runs a function's process as `python -m awslambdaric` does, on the stack's clock if it has one."""

from __future__ import annotations

import contextlib
import importlib
import os
import runpy
import sys
from pathlib import Path

from infra.local.moved_clock import VARIABLE, MovedClock


def main() -> None:
    if VARIABLE in os.environ:
        _set_clock(MovedClock(Path(os.environ[VARIABLE])))
    try:
        importlib.import_module("runtime_client")
    except ImportError:
        from infra.local.runtime_client import RuntimeClient  # noqa: PLC0415 - a machine with the native module is spared it

        sys.modules["runtime_client"] = RuntimeClient(os.environ["AWS_LAMBDA_RUNTIME_API"])
    runpy.run_module("awslambdaric", run_name="__main__")


def _set_clock(clock: MovedClock) -> None:
    with contextlib.suppress(Exception):  # awslambdaric imports the same module, and reports the error
        from functions.wiring.container import Container  # noqa: PLC0415 - its error is reported later

        Container.now = staticmethod(clock)


if __name__ == "__main__":
    main()
