"""The CDK app. `python -m infra.app` is what the `cdk` command runs; `synthesize` is the same for the local stack and the tests."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from infra import ROOT
from infra.bundling import BundlingError
from infra.config import ConfigError
from infra.node import NodeError, use_node_wheel


def synthesize(context: Mapping[str, object], outdir: Path) -> Path:
    """Write the cloud assembly of one stage into `outdir` and return it.

    `context` wins over the `cdk` command's, which wins over cdk.json's. Raises ConfigError, BundlingError or NodeError.
    """
    use_node_wheel()
    from infra.stages import build  # noqa: PLC0415 -- importing the CDK starts Node, so Node must be chosen before

    app = build(defaults=_cdk_json(), context=context, outdir=outdir)
    return Path(app.synth().directory)


def _cdk_json() -> Mapping[str, object]:
    """The `cdk` command passes this context by itself; whoever calls us without it shall get the same template."""
    context: Mapping[str, object] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return context


def main() -> None:
    try:
        synthesize({}, Path(os.environ.get("CDK_OUTDIR", ROOT / "cdk.out")))
    except (ConfigError, BundlingError, NodeError) as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
