"""The CDK app in one process, for all runs of the `cdk` command: the start of the CDK's library costs as much as a synthesis.

As the `cdk` command's app, the module hands the command's variables to that process, and ends as `python -m infra.app` would.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from importlib import import_module
from multiprocessing.connection import Client, Listener
from pathlib import Path
from unittest.mock import patch

from infra import ROOT
from infra.node import use_node_wheel

PASSED = ("CDK_", "AWS_")  # prefixes of the variables that the app reads


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Yields the app's command line."""
    address = str(folder / "app")
    command = [sys.executable, "-m", "tests.support.aws.cdk_app"]
    process = subprocess.Popen([*command, "serve", address], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    yield " ".join([*command, "run", address])
    process.terminate()
    process.communicate()


def run(address: str) -> None:
    with Client(address) as process:
        process.send({name: value for name, value in os.environ.items() if name.startswith(PASSED)})
        errors, failure = process.recv()
    sys.stderr.write(errors)
    sys.exit(failure)


def serve(address: str) -> None:
    use_node_wheel()
    import_module("infra.stages")  # starts the CDK's own process, without the variables of a command
    with Listener(address) as listener:
        sys.stdout.write("ready\n")  # for the process that waits
        sys.stdout.flush()
        while True:
            with listener.accept() as command:
                command.send(synthesize(command.recv()))


def synthesize(environment: Mapping[str, str]) -> tuple[str, str | None]:
    """Returns what `python -m infra.app` prints with these variables, and the reason if it fails.

    The CDK's own process does not have them, so the context of the command comes with the app's defaults.
    """
    from infra import app  # noqa: PLC0415 - the command's side needs nothing of it

    context = {**app._cdk_json(), **json.loads(environment["CDK_CONTEXT_JSON"])}
    errors = io.StringIO()
    with patch.dict(os.environ, environment), patch.object(app, "_cdk_json", lambda: context), redirect_stderr(errors):
        try:
            app.main()
        except SystemExit as failure:
            return errors.getvalue(), str(failure)
    return errors.getvalue(), None


if __name__ == "__main__":
    {"run": run, "serve": serve}[sys.argv[1]](sys.argv[2])
