"""The CDK app. The `cdk` command runs `python -m infra.app`. The local stack and the tests call `synthesize`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from infra import ROOT, deployed_settings, regions
from infra.asset.bundling import BundlingError
from infra.config import PREFIX, ConfigError
from infra.node import NodeError, use_node_wheel


def synthesize(context: Mapping[str, object], outdir: Path, region: str | None = None) -> Path:
    """Writes the cloud assembly of one stage into `outdir` and returns its path.

    `context` overrides the `cdk` command's, which overrides cdk.json's. Raises ConfigError, BundlingError or NodeError.
    """
    use_node_wheel()
    from infra.stages import build  # noqa: PLC0415 - importing the CDK starts Node, so Node must be selected before

    app = build(defaults=_cdk_json(), context=context, outdir=outdir, region=region)
    return Path(app.synth().directory)


def _cdk_json() -> Mapping[str, object]:
    """Returns cdk.json's context, so that callers other than the `cdk` command, which reads it itself, get the same template."""
    context: Mapping[str, object] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return context


def _region_settings() -> dict[str, object]:
    """Returns the throttle of the region, unless the command line sets it."""
    context = {**_cdk_json(), **json.loads(os.environ.get("CDK_CONTEXT_JSON", "{}"))}
    throttle = regions.throttle(os.environ.get("CDK_DEFAULT_REGION"))
    return {f"{PREFIX}{name}": value for name, value in throttle.items() if f"{PREFIX}{name}" not in context}


def main() -> None:
    try:
        region = os.environ.get("CDK_DEFAULT_REGION")  # the cdk command's, by the credentials
        regions.check(region)
        of_stage = deployed_settings.context(_cdk_json(), os.environ)
        outdir = Path(os.environ.get("CDK_OUTDIR", ROOT / "cdk.out"))
        synthesize({**_region_settings(), **of_stage}, outdir, region)
    except (ConfigError, BundlingError, NodeError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
