"""The host of a domain's tracked links, as its configuration set and the host's stack name it."""

from __future__ import annotations

from typing import Any

import pytest

from functions.adapters.aws.errors import Exceptions, error_class
from functions.adapters.domains.tracking_hosts import SesTrackingHosts
from functions.core.domains.domain import Domain

NEWS = Domain(name="news.acme.com")


class Ses:
    exceptions = Exceptions()

    def __init__(self, hosts: dict[str, str]) -> None:
        self.hosts = hosts

    def get_configuration_set(self, ConfigurationSetName: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        if ConfigurationSetName not in self.hosts:
            raise self.exceptions.NotFoundException({"Error": {"Code": "NotFoundException"}}, "GetConfigurationSet")
        host = self.hosts[ConfigurationSetName]
        return {"TrackingOptions": {"CustomRedirectDomain": host}} if host else {}


class CloudFormation:
    def __init__(self, output: str = "") -> None:
        self.output = output

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        assert StackName == "Staffetta-prod-TrackingHost"
        if not self.output:
            raise error_class("ValidationError")({"Error": {"Code": "ValidationError"}}, "DescribeStacks")
        return {"Stacks": [{"Outputs": [{"OutputKey": "TrackingHostRecord", "OutputValue": self.output}]}]}


def value(domain: Domain, hosts: dict[str, str], output: str = "") -> str | None:
    client: Any = Ses(hosts)
    stack = "Staffetta-prod-TrackingHost"
    tracking_hosts = SesTrackingHosts(
        client, lambda: CloudFormation(output), "default", "click.news.acme.com", stack, "eu-west-1"
    )
    record = tracking_hosts.record(domain)
    return f"{record.name} {record.type} {record.value}" if record else None


@pytest.mark.parametrize(
    ("domain", "hosts", "output", "expected"),
    [
        (NEWS, {"default": ""}, "", None),
        (NEWS, {"default": "click.acme.com"}, "", None),
        (NEWS, {}, "", None),
        (NEWS, {"default": "click.news.acme.com"}, "click.news.acme.com CNAME d1.cloudfront.net",
         "click.news.acme.com CNAME d1.cloudfront.net"),
        (NEWS, {"default": "click.news.acme.com"}, "", "click.news.acme.com CNAME r.eu-west-1.awstrack.me"),
        (Domain(name="news.acme.com", transactional_set="own"), {"own": "go.news.acme.com", "default": ""}, "",
         "go.news.acme.com CNAME r.eu-west-1.awstrack.me"),
    ],
)  # fmt: skip
def test_the_record_of_a_tracking_host(
    domain: Domain, hosts: dict[str, str], output: str, expected: str | None
) -> None:
    assert value(domain, hosts, output) == expected
