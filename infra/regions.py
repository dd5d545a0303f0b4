"""What a region lacks, from regions.json. A deployment without SES's types is refused at synthesis, with the reason."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from infra.config import ConfigError

EDGE_REGION = "us-east-1"  # CloudFront takes its certificates from there
# Without CloudFront by botocore's endpoints, and China, where it needs a licence of its own: tests/infra/test_regions.py.
_OTHER_PARTITIONS = ("us-gov-", "us-iso", "eu-iso", "cn-", "eusc-")
DATA = Path(__file__).parent / "regions.json"


@cache
def data() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(DATA.read_text("utf-8"))
    return parsed


def check(region: str | None) -> None:
    """Raises ConfigError. Without a region, as in a `cdk synth` without credentials, there is nothing to check."""
    if region in data()["withoutSesTypes"]:
        raise ConfigError(
            f"region {region}: CloudFormation has no resource types of SES there; deploy in another region, such as eu-central-1"
        )


def without_smtp(region: str | None) -> bool:
    return region in data()["withoutSmtp"]


def has_cdn(region: str | None) -> bool:
    return not (region or "").startswith(_OTHER_PARTITIONS)


def throttle(region: str | None) -> dict[str, int]:
    """Returns the API's throttle where an account has less than elsewhere: half of its quota, as the defaults are."""
    return {"apiRate": 1250, "apiBurst": 625} if region in data()["halfApiThrottle"] else {}
