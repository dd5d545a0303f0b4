"""Records the templates of a release for test_upgrade: `python -m tests.infra.record_release 0.1.0`."""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from pathlib import Path

from infra.app import synthesize

SETTINGS = {"alarmEmail": "oncall@acme.com", "poolReady": True}  # a stage that has been in use for a while
CONTEXT = {"staffetta:bundle": False} | {f"staffetta:{name}": value for name, value in SETTINGS.items()}


def main(version: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assembly = synthesize(CONTEXT, Path(folder))
        names = [f"Staffetta-prod-{stack}" for stack in ("State", "Service")]
        templates = {name: (assembly / f"{name}.template.json").read_text("utf-8") for name in names}
    file = Path(__file__).parent / "releases" / f"{version}.json.gz"
    file.write_bytes(gzip.compress(json.dumps(templates).encode(), mtime=0))


if __name__ == "__main__":
    main(sys.argv[1])
