"""One stage of Staffetta: its two stacks, in one CDK app."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import App, Tags

from infra.config import read
from infra.service import ServiceStack
from infra.state import StateStack


def build(*, defaults: Mapping[str, object], context: Mapping[str, object], outdir: Path) -> App:
    """Returns the app, not yet synthesized. `context` overrides the `cdk` command's, which overrides `defaults`."""
    app = App(context=dict(defaults), post_cli_context=dict(context), outdir=str(outdir), analytics_reporting=False)
    config = read(app.node.get_all_context())
    state = StateStack(app, f"Staffetta-{config.stage}-State", config)
    ServiceStack(app, f"Staffetta-{config.stage}-Service", config, state)
    Tags.of(app).add("staffetta:stage", config.stage)
    return app
