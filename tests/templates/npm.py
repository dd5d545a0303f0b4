"""npm's packages that mails are compared with: MJML's own compiler, and html-to-text. Tests that need them are skipped where they cannot be installed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from infra import node

_FOLDER = Path(__file__).parent / "node"


@cache
def _unavailable() -> str:
    try:
        node.packages(_FOLDER)
    except node.NodeError as error:
        return str(error)
    return ""


def run(script: str, inputs: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Returns the script's output for each input. Skips the test without npm's packages."""
    if _unavailable():
        pytest.skip(f"npm's packages cannot be installed here: {_unavailable()[-200:]}")
    source, target = folder / "inputs.json", folder / "outputs.json"
    source.write_text(json.dumps(dict(inputs)), "utf-8")
    node.run(_FOLDER / script, source, target)
    outputs: dict[str, str] = json.loads(target.read_text("utf-8"))
    return outputs
