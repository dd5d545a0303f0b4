"""The target of a deployment: its settings, and the account and region of its credentials."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from functions.adapters.domains.dns import DnsResolver
from functions.ports.domains import Dns
from infra import ROOT, cdk_options, config
from infra.config import PREFIX, Config
from infra.deployed_stage import Clients, resources
from infra.regions import EDGE_REGION
from infra.sessions import session


class Target(Struct, frozen=True):
    """The target of a deployment. `settings` are by their keys without the prefix."""

    settings: Mapping[str, Any]
    region: str | None
    client: Clients
    dns: Dns = DnsResolver()
    toolkit: str = cdk_options.TOOLKIT

    @property
    def config(self) -> Config:
        """Raises ConfigError."""
        return config.read({PREFIX + key: value for key, value in self.settings.items()})

    @property
    def regions(self) -> list[str]:
        """The region of each stack of the stage: its own, and CloudFront's if a host has its certificate there."""
        chosen = [self.region, *([EDGE_REGION] if self.config.has_edge_stack else [])]
        return list(dict.fromkeys(region for region in chosen if region))

    def ours(self, kind: str) -> list[str]:
        """Returns the physical ids of the State stack's resources of a kind."""
        return list(resources(self.config.stage, self.client, kind))


def target_of(options: Sequence[str]) -> Target:
    """Reads the options of the `cdk` command: its settings are over those of cdk.json."""
    read = cdk_options.read(options)
    context = json.loads((ROOT / "cdk.json").read_text())["context"] | dict(read.context)
    settings = {name.removeprefix(PREFIX): _text(value) for name, value in context.items() if name.startswith(PREFIX)}
    aws = session(read.profile, read.region)
    return Target(settings, aws.region_name, aws.client, toolkit=read.toolkit)


def _text(value: object) -> str:
    """Returns a value of cdk.json as it is on the command line."""
    return value if isinstance(value, str) else json.dumps(value)
