"""A host of a stage's own: its certificate is issued, and its CNAME leads to it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.health.finding import Defect, Level
from infra.health.host_checks import CERTIFICATE, host_defects
from tests.fakes.domains import MemoryDns

HOST, TARGET = "img.acme.com", "d1.cloudfront.net"
RECORD = {"Name": "_x.img.acme.com.", "Type": "CNAME", "Value": "_y.acm-validations.aws."}


class Edge:
    """CloudFormation and ACM of CloudFront's region, where the stage has one host."""

    def __init__(self, status: str, renewal: str = "") -> None:
        self.certificate: dict[str, Any] = {
            "DomainName": HOST,
            "Status": status,
            "DomainValidationOptions": [{"DomainName": HOST, "ResourceRecord": RECORD}],
        }
        if renewal:
            self.certificate["RenewalSummary"] = {"RenewalStatus": renewal}

    def client(self, service: str, region_name: str = "eu-west-1") -> Edge:
        assert service in {"acm", "cloudformation"}
        self.region = region_name
        return self

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803 - boto3's name
        if StackName != "Staffetta-prod-ImagesHost":
            raise ClientError({"Error": {"Code": "ValidationError", "Message": "it does not exist"}}, "DescribeStacks")
        outputs = [{"OutputKey": "ImagesHostRecord", "OutputValue": f"{HOST} CNAME {TARGET}"}]
        return {"Stacks": [{"StackName": StackName, "Outputs": outputs}]}

    def describe_stack_resources(self, StackName: str) -> Any:  # noqa: N803 - boto3's name
        assert StackName == "Staffetta-prod-ImagesHost"
        kinds = {CERTIFICATE: "arn:aws:acm:us-east-1:1:certificate/1", "AWS::CloudFront::Distribution": "E1"}
        return {"StackResources": [{"ResourceType": kind, "PhysicalResourceId": id_} for kind, id_ in kinds.items()]}

    def describe_certificate(self, CertificateArn: str) -> Any:  # noqa: N803 - boto3's name
        assert self.region == "us-east-1"
        assert CertificateArn.startswith("arn:")
        return {"Certificate": self.certificate}


def defects(edge: Edge, *targets: str) -> list[Defect]:
    return list(
        host_defects("prod", "eu-west-1", edge.client, MemoryDns({(HOST, "CNAME"): targets} if targets else {}))
    )


def test_a_host_in_order_has_no_defect() -> None:
    assert defects(Edge("ISSUED"), TARGET) == []


def test_a_certificate_that_waits_names_its_record() -> None:
    (defect,) = defects(Edge("PENDING_VALIDATION"), TARGET)
    assert (defect.level, defect.fix) == (Level.ERROR, "enter _x.img.acme.com. CNAME _y.acm-validations.aws.")


@pytest.mark.parametrize("status", ["FAILED", "EXPIRED", "REVOKED", "VALIDATION_TIMED_OUT"])
def test_a_certificate_that_is_not_issued_is_an_error(status: str) -> None:
    (defect,) = defects(Edge(status), TARGET)
    assert status.lower().replace("_", " ") in defect.message


def test_a_renewal_without_its_record_warns() -> None:
    (defect,) = defects(Edge("ISSUED", renewal="PENDING_VALIDATION"), TARGET)
    assert (defect.level, "cannot be renewed" in defect.message) == (Level.WARNING, True)
    assert defects(Edge("ISSUED", renewal="SUCCESS"), TARGET) == []


@pytest.mark.parametrize("targets", [(), ("d2.cloudfront.net",)])
def test_a_missing_or_wrong_cname_is_an_error(targets: tuple[str, ...]) -> None:
    (defect,) = defects(Edge("ISSUED"), *targets)
    assert (defect.level, defect.fix) == (Level.ERROR, f"enter {HOST} CNAME {TARGET}")


def test_no_host_is_looked_up_in_another_partition() -> None:
    """us-east-1 is in another partition, which refuses the credentials."""

    def client(service: str, **region: str) -> Any:
        assert not region
        return Edge("ISSUED").client(service)

    assert list(host_defects("prod", "us-gov-west-1", client, MemoryDns({}))) == []
