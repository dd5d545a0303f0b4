"""The stage's own hosts: certificates, the CDN of tracked links, what stays, and which settings are refused."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint_file

from functions.settings import variable
from infra import config, deployment
from infra.config import ConfigError
from infra.health.target import Target
from infra.local.cloud import Cloud
from infra.stages import build
from tests.infra.test_lint import _violations
from tests.support.aws.cdk_templates import Assembly

ZONE = "Z0123456789ABCDEFGHIJ"
DOMAIN, API, CLICKS, IMAGES = "mail.acme.com", "api.acme.com", "click.mail.acme.com", "images.acme.com"
SETTINGS = {
    "staffetta:domain": DOMAIN,
    "staffetta:stage": "prod",
    "staffetta:bundle": False,
    "staffetta:apiHost": API,
    "staffetta:trackingHost": CLICKS,
    "staffetta:imagesHost": IMAGES,
    "staffetta:alarmEmail": "oncall@acme.com",
    "staffetta:protected": True,  # hosts are added to a stage that is deployed
}


@pytest.fixture(scope="module")
def folder(assembly: Assembly) -> Path:
    return assembly(SETTINGS, "eu-west-1")


def template(folder: Path, name: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((folder / f"Staffetta-prod-{name}.template.json").read_text())
    return parsed


def of_type(template: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    return [one["Properties"] for one in template["Resources"].values() if one["Type"] == kind]


def test_the_tracking_host_is_https_in_front_of_ses(folder: Path) -> None:
    (distribution,) = of_type(template(folder, "TrackingHost"), "AWS::CloudFront::Distribution")
    settings = distribution["DistributionConfig"]
    assert settings["Aliases"] == [CLICKS]
    assert [origin["DomainName"] for origin in settings["Origins"]] == ["r.eu-west-1.awstrack.me"]
    assert settings["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    assert settings["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"


def test_the_stack_of_a_host_is_not_protected(folder: Path) -> None:
    """The `cdk` command protects a stack before it creates the resources, and cannot delete a protected one that failed."""
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
    protected = {name for name, one in artifacts.items() if one.get("properties", {}).get("terminationProtection")}
    assert protected == {"Staffetta-prod-State"}


def test_the_certificate_of_a_cdn_is_in_its_region(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    stack = manifest["artifacts"]["Staffetta-prod-TrackingHost"]
    assert stack["environment"].endswith("/us-east-1")
    (certificate,) = of_type(template(folder, "TrackingHost"), "AWS::CertificateManager::Certificate")
    assert (certificate["DomainName"], certificate["ValidationMethod"]) == (CLICKS, "DNS")


def test_every_set_tracks_over_https_only(folder: Path) -> None:
    sets = of_type(template(folder, "State"), "AWS::SES::ConfigurationSet")
    assert sets
    tracking = {"CustomRedirectDomain": CLICKS, "HttpsPolicy": "REQUIRE"}
    assert all(one["TrackingOptions"] == tracking for one in sets)


def test_links_in_mails_have_the_apis_own_host(folder: Path) -> None:
    service = template(folder, "Service")
    (mapping,) = of_type(service, "AWS::ApiGatewayV2::ApiMapping")
    assert (mapping["DomainName"], mapping["Stage"]) == (API, "$default")
    urls = {
        one["Environment"]["Variables"][variable("public_url")] for one in of_type(service, "AWS::Lambda::Function")
    }
    assert urls == {f"https://{API}"}
    assert service["Outputs"]["ApiUrl"]["Value"] == f"https://{API}"


def test_the_images_host_is_a_second_cdn_of_their_bucket(folder: Path) -> None:
    """That of CloudFront's name stays in State, since mails that were sent link to it."""
    (own,) = of_type(template(folder, "ImagesHost"), "AWS::CloudFront::Distribution")
    (first,) = of_type(template(folder, "State"), "AWS::CloudFront::Distribution")
    settings = own["DistributionConfig"]
    assert (settings["Aliases"], "Aliases" in first["DistributionConfig"]) == ([IMAGES], False)
    for distribution, region in ((own, "eu-west-1"), (first, "AWS::Region")):
        (origin,) = distribution["DistributionConfig"]["Origins"]
        assert "OriginAccessControlId" in origin
        assert "staffetta-prod-images-" in json.dumps(origin["DomainName"])
        assert region in json.dumps(origin["DomainName"])
    (bucket,) = (one for one in of_type(template(folder, "State"), "AWS::S3::Bucket") if "BucketName" in one)
    assert "staffetta-prod-images-" in json.dumps(bucket["BucketName"])
    functions = of_type(template(folder, "Service"), "AWS::Lambda::Function")
    assert {one["Environment"]["Variables"][variable("images_url")] for one in functions} == {f"https://{IMAGES}"}


@pytest.mark.parametrize("name", ["ApiHost", "TrackingHost", "ImagesHost"])
def test_a_host_outlives_its_stack_and_refers_to_no_other(folder: Path, name: str) -> None:
    text = template(folder, name)
    kinds = {"AWS::CertificateManager::Certificate", "AWS::ApiGatewayV2::DomainName", "AWS::CloudFront::Distribution"}
    resources = [one for one in text["Resources"].values() if one["Type"] in kinds]
    assert len(resources) == 2
    resources += [one for one in text["Resources"].values() if one["Type"] == "AWS::CloudFront::OriginAccessControl"]
    assert all(one["DeletionPolicy"].startswith("Retain") for one in resources)
    assert "Fn::ImportValue" not in json.dumps(text)


@pytest.mark.parametrize(("name", "host"), [("ApiHost", API), ("TrackingHost", CLICKS), ("ImagesHost", IMAGES)])
def test_the_record_to_enter_is_an_output(folder: Path, name: str, host: str) -> None:
    (value,) = (output["Value"] for key, output in template(folder, name)["Outputs"].items() if key == f"{name}Record")
    assert json.dumps(value).startswith(('{"Fn::Join": ["", ["' + host, f'"{host}'))


def test_a_route_53_zone_gets_the_records(assembly: Assembly) -> None:
    """The API's host is in another domain, which the zone may not have."""
    folder = assembly({**SETTINGS, "staffetta:hostedZone": ZONE}, "eu-west-1")
    (record,) = of_type(template(folder, "TrackingHost"), "AWS::Route53::RecordSet")
    assert (record["HostedZoneId"], record["Name"], record["Type"]) == (ZONE, CLICKS, "CNAME")
    (certificate,) = of_type(template(folder, "TrackingHost"), "AWS::CertificateManager::Certificate")
    assert certificate["DomainValidationOptions"] == [{"DomainName": CLICKS, "HostedZoneId": ZONE}]
    assert not of_type(template(folder, "ApiHost"), "AWS::Route53::RecordSet")
    assert "ApiHostRecord" in template(folder, "ApiHost")["Outputs"]


def test_the_check_of_a_domain_reads_the_tracking_hosts_stack(folder: Path) -> None:
    """And no stack otherwise."""
    text = json.dumps(template(folder, "Service"))
    assert "cloudformation:DescribeStacks" in text
    assert ":cloudformation:us-east-1:" in text
    assert ":stack/Staffetta-prod-TrackingHost/*" in text


@pytest.mark.parametrize(
    ("hosts", "region", "bootstrapped"),
    [
        ((), "eu-west-1", ["eu-west-1"]),
        (("apiHost",), "eu-west-1", ["eu-west-1"]),
        (("trackingHost",), "eu-west-1", ["eu-west-1", "us-east-1"]),
        (("imagesHost",), "eu-west-1", ["eu-west-1", "us-east-1"]),
        (("trackingHost", "imagesHost"), "us-east-1", ["us-east-1"]),
    ],
)
def test_each_region_with_a_stack_is_bootstrapped(hosts: Collection[str], region: str, bootstrapped: list[str]) -> None:
    """`make deploy` names them, since the `cdk` command would synthesize the app to find them."""
    assert bootstrapped_regions(hosts, region) == bootstrapped


def test_the_app_has_no_other_region(folder: Path) -> None:
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"].values()
    regions = {one["environment"].rpartition("/")[2] for one in artifacts if one["type"] == "aws:cloudformation:stack"}
    named = bootstrapped_regions(("apiHost", "trackingHost", "imagesHost"), "eu-west-1")
    assert {"eu-west-1" if one == "unknown-region" else one for one in regions} == set(named)


def bootstrapped_regions(hosts: Collection[str], region: str) -> list[str]:
    left_out = {name for name in ("apiHost", "trackingHost", "imagesHost") if name not in hosts}
    settings = {key.removeprefix("staffetta:"): value for key, value in SETTINGS.items()}
    chosen = {key: value for key, value in settings.items() if key not in left_out}
    target = Target(chosen, region, Cloud(region=region).client)
    environments = deployment.environments(target, target.regions)
    assert all(one.startswith(f"aws://{Cloud.account_id}/") for one in environments)
    return [one.rpartition("/")[2] for one in environments]


def test_the_hosts_are_deployed_before_what_names_them(folder: Path) -> None:
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
    assert "Staffetta-prod-TrackingHost" in artifacts["Staffetta-prod-State"]["dependencies"]
    assert "Staffetta-prod-ApiHost" in artifacts["Staffetta-prod-Service"]["dependencies"]
    assert "Staffetta-prod-ImagesHost" in artifacts["Staffetta-prod-Service"]["dependencies"]
    assert "Staffetta-prod-State" in artifacts["Staffetta-prod-ImagesHost"]["dependencies"]


def test_both_linters_find_nothing(folder: Path, tmp_path: Path) -> None:
    """A stage with hosts has all resources of one without them."""
    assert _violations(build(defaults={}, context=SETTINGS, outdir=tmp_path, region="eu-west-1"), tmp_path) == []
    files = sorted(folder.glob("*.template.json"))
    assert len(files) == 5
    assert [str(match) for file in files for match in lint_file(file)] == []


def test_a_tracking_host_needs_the_region(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="AWS_REGION"):
        build(defaults={}, context=SETTINGS, outdir=tmp_path)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"trackingHost": "click.other.com"}, "give a subdomain of mail.acme.com"),
        ({"trackingHost": DOMAIN}, "give a subdomain"),
        ({"trackingHost": f"bounce.{DOMAIN}"}, "another use"),
        ({"apiHost": CLICKS}, "another use"),
        ({"imagesHost": CLICKS}, "another use"),
        ({"imagesHost": API}, "another use"),
        ({"apiHost": "https://api.acme.com"}, "give a host name"),
        ({"publicUrl": "https://mail-api.acme.com"}, "give one of them"),
        ({"apiHost": None, "publicUrl": "http://mail-api.acme.com"}, "https://"),
        ({"stage": "local"}, "no certificates"),
    ],
)
def test_a_host_that_cannot_work_is_refused(changes: dict[str, str], part: str) -> None:
    with pytest.raises(ConfigError, match=part):
        config.read({**SETTINGS, **{f"staffetta:{name}": value for name, value in changes.items()}})
