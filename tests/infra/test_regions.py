"""Regions where a deployment cannot work are refused before anything is made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cfnlint.helpers import REGIONS
from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from infra import ROOT, regions
from infra.config import ConfigError

SES_TYPES = ("AWS::SES::ConfigurationSet", "AWS::SES::DedicatedIpPool", "AWS::SES::EmailIdentity")


def test_the_data_are_those_of_the_schemas() -> None:
    """After an update of cfn-lint, update the file."""
    assert sorted(region for region in REGIONS if not has_ses_types(region)) == regions.data()["withoutSesTypes"]


def has_ses_types(region: str) -> bool:
    try:
        for kind in SES_TYPES:
            PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind)
    except ResourceNotFoundError:
        return False
    return True


@pytest.mark.parametrize("region", [None, "us-east-1", "eu-central-1", "us-gov-west-1", "eusc-de-east-1"])
def test_a_region_with_all_types_is_accepted(region: str | None) -> None:
    regions.check(region)


def test_a_region_without_ses_types_is_refused() -> None:
    with pytest.raises(ConfigError, match="region eu-south-2: CloudFormation has no resource types of SES"):
        regions.check("eu-south-2")


def test_the_app_refuses_the_region_of_the_cdk_command(tmp_path: Path) -> None:
    environment = {**os.environ, "CDK_DEFAULT_REGION": "mx-central-1", "CDK_OUTDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "infra.app"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("region mx-central-1: ")
    assert list(tmp_path.iterdir()) == []
