"""One stage of Staffetta: its two stacks, and one for each host of its own, in one CDK app."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import App, Tags

from infra.config import PREFIX, Config, ConfigError, read
from infra.hosts import ApiHostStack, ImagesHostStack, TrackingHostStack
from infra.service import ServiceStack
from infra.state import StateStack


def build(
    *, defaults: Mapping[str, object], context: Mapping[str, object], outdir: Path, region: str | None = None
) -> App:
    """Returns the app, not yet synthesized. `context` overrides the `cdk` command's, which overrides `defaults`. `region` is the
    deployment's, if it is chosen already. Raises ConfigError.
    """
    app = App(context=dict(defaults), post_cli_context=dict(context), outdir=str(outdir), analytics_reporting=False)
    config = read(app.node.get_all_context())
    hosts_region = _region_of_hosts(config, region)
    prefix = f"Staffetta-{config.stage}"
    state = StateStack(app, f"{prefix}-State", config)
    service = ServiceStack(app, f"{prefix}-Service", config, state)
    if config.tracking_host:
        tracking = TrackingHostStack(app, f"{prefix}-TrackingHost", config, config.tracking_host, hosts_region)
        state.add_stack_dependency(tracking)  # no mail names a host that does not answer
    if config.images_host:
        images = ImagesHostStack(app, f"{prefix}-ImagesHost", config, config.images_host, hosts_region)
        images.add_stack_dependency(state)  # which has their bucket
        service.add_stack_dependency(images)
    if config.api_host:
        service.add_stack_dependency(ApiHostStack(app, f"{prefix}-ApiHost", config, config.api_host))
    Tags.of(app).add("staffetta:stage", config.stage)
    return app


def _region_of_hosts(config: Config, region: str | None) -> str:
    """Returns the stage's region, which the stacks in CloudFront's region name. Raises ConfigError if it is needed and unknown."""
    if config.has_edge_stack and not region:
        raise ConfigError(f"{PREFIX}trackingHost and {PREFIX}imagesHost need the region of the stage: set AWS_REGION")
    return region or ""
