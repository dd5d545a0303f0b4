"""Keeps the synthesized templates until something that they are made from changes. A synthesis takes 4 s of a processor."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from infra import ROOT
from infra.asset import bundling
from infra.local import private_file

HOME = ROOT / "build" / "templates"
STALE_SECONDS = 24 * 3600
ENVIRONMENT = ("CDK_", "JSII_")  # prefixes of the variables that the CDK and its runtime read
TOOLS = ("aws-cdk-lib", "cdk-nag", "constructs", "jsii")


def key(context: Mapping[str, object]) -> str:
    """Depends on the content of every source, not on its time."""
    environment = {name: value for name, value in os.environ.items() if name.startswith(ENVIRONMENT)}
    versions = {tool: metadata.version(tool) for tool in TOOLS}
    return bundling.fingerprint(list(_sources()), json.dumps([context, environment, versions], sort_keys=True))


def find(key: str) -> str | None:
    try:
        return _path(key).read_text("utf-8")
    except FileNotFoundError:
        return None


def store(key: str, text: str) -> None:
    """The text appears whole or not at all, so two runs may store it at once."""
    HOME.mkdir(parents=True, exist_ok=True)
    for path in HOME.iterdir():
        _remove_if_stale(path)
    private_file.write(_path(key), text)


def _remove_if_stale(path: Path) -> None:
    with suppress(FileNotFoundError):  # another run removes too
        if time.time() - path.stat().st_mtime > STALE_SECONDS:
            path.unlink()


def _path(key: str) -> Path:
    return HOME / f"{key}.json"


def _sources() -> Iterator[Path]:
    """The app, and the functions that it deploys."""
    yield from bundling.sources()
    for pattern in ("*.py", "asset/*.py", "constructs/*.py", "node/*.py", "permissions/*.py"):
        yield from sorted((ROOT / "infra").glob(pattern))
    yield from (ROOT / "cdk.json", bundling.CONSTRAINTS)
