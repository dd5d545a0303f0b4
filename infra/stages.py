"""One stage of Staffetta: its two stacks, in one CDK app."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import App, Tags

from infra.config import read
from infra.service import Service
from infra.state import State


def build(*, defaults: Mapping[str, object], context: Mapping[str, object], outdir: Path) -> App:
    """The app, not yet synthesized. `context` is final; `defaults` gives way to what the `cdk` command passes."""
    app = App(context=dict(defaults), post_cli_context=dict(context), outdir=str(outdir), analytics_reporting=False)
    config = read(app.node.get_all_context())
    state = State(app, f"Staffetta-{config.stage}-State", config)
    Service(app, f"Staffetta-{config.stage}-Service", config, state)
    Tags.of(app).add("staffetta:stage", config.stage)
    return app
