"""Regions where a deployment cannot work are refused before anything is made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import botocore.session
import pytest
from cfnlint.helpers import REGIONS
from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from infra import ROOT, regions
from infra.config import ConfigError
from tests.support.aws import cdk_app
from tests.support.aws.cdk_templates import Templates

SES_TYPES = ("AWS::SES::ConfigurationSet", "AWS::SES::DedicatedIpPool", "AWS::SES::EmailIdentity")


def test_the_data_are_those_of_the_schemas() -> None:
    """After an update of cfn-lint, update the file."""
    assert sorted(region for region in REGIONS if not has_ses_types(region)) == regions.data()["withoutSesTypes"]


def test_every_partition_of_ses_without_a_cdn_has_no_uploads() -> None:
    """Botocore's endpoints name the partitions of CloudFront. In China, where SES has no types, it needs a licence of its own."""
    partitions = botocore.session.get_session().get_data("endpoints")["partitions"]
    assert {one["partition"] for one in partitions} >= {"aws", "aws-us-gov", "aws-eusc", "aws-cn"}
    for partition in partitions:
        name, services = partition["partition"], partition["services"]
        for region in partition["regions"]:
            assert regions.has_cdn(region) == ("cloudfront" in services and name != "aws-cn"), region
    assert regions.has_cdn(None)


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


def test_the_throttle_is_half_of_the_regions_quota(tmp_path: Path) -> None:
    """Unless the command line chooses it, as the rate here. SMTP is missing in this region, which is a warning."""
    settings = {"stage": "prod", "domain": "example.com", "bundle": False, "apiRate": "100"}
    context = json.dumps({f"staffetta:{name}": value for name, value in settings.items()})
    environment = {"CDK_DEFAULT_REGION": "eu-south-1", "CDK_OUTDIR": str(tmp_path), "CDK_CONTEXT_JSON": context}
    assert cdk_app.synthesize(environment) == ("", None)
    template = json.loads((tmp_path / "Staffetta-prod-Service.template.json").read_text())
    (stage,) = (each for each in template["Resources"].values() if each["Type"] == "AWS::ApiGatewayV2::Stage")
    assert stage["Properties"]["DefaultRouteSettings"] == {"ThrottlingRateLimit": 100, "ThrottlingBurstLimit": 625}
    assert any("SES had no SMTP" in file.read_text() for file in tmp_path.glob("*.json"))


def test_a_region_with_smtp_is_no_warning(templates: Templates) -> None:
    assert not any("SES had no SMTP" in file.read_text() for file in templates.folder.glob("*.json"))
