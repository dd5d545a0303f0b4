"""The end of `make deploy`: the DNS records that are still missing, SES's sandbox, and how to create the first key.

It shows no secret: the operator creates the key, and only their terminal shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.core.domains.record_checks import RecordState
from functions.core.errors import StaffettaError
from infra.cli.errors import UnavailableError
from infra.cli.stage import DEFAULT_STAGE, Stage
from infra.regions import EDGE_REGION

if TYPE_CHECKING:
    from infra.deployed_stage import Clients

FAILURES = (BotoCoreError, ClientError, StaffettaError, UnavailableError)


def next_steps(name: str, domain: str, client: Clients) -> Iterator[str]:
    """Yields lines for the operator. An error in reading shortens the list: the deployment itself has succeeded."""
    stage = Stage(name, client)
    option = "" if name == DEFAULT_STAGE else f" --stage {name}"
    yield f"Stage {name} is deployed."
    yield from _records(stage, domain, option)
    yield from _hosts(stage)
    yield from _sandbox(stage, option)
    yield "The first API key. It is shown once, to you only:"
    yield f"  staffetta keys create --name shop --owner you@{domain} --scopes transactional-email{option}"
    if url := _output(stage, "ApiUrl"):
        yield f"The API's address: {url}"


def _records(stage: Stage, domain: str, option: str) -> Iterator[str]:
    from functions.routes.domains.domains import check_domain  # noqa: PLC0415 - after the deployment only

    check = f"staffetta domains check {domain}{option}"
    try:
        report = stage.call(check_domain, path={"domain": domain})
    except FAILURES as error:
        yield f"The DNS records could not be checked ({error}). Check them with: {check}"
        return
    lacking = [record for record in report.records if record.state != RecordState.RIGHT]
    if not lacking:
        yield f"All DNS records of {domain} are right."
        return
    yield "DNS records to enter, each with its complete name:"
    for record in lacking:
        yield f"  {record.name} {record.type} {record.value}"
    yield f"Check them with: {check}"


def _hosts(stage: Stage) -> Iterator[str]:
    """Yields the record of each host of the stage's own. The stacks with a CDN are in CloudFront's region."""
    edge = {"region_name": EDGE_REGION}
    for name, region in (("ApiHost", {}), ("TrackingHost", edge), ("ImagesHost", edge)):
        try:
            cloudformation = stage.client("cloudformation", **region)
            (stack,) = cloudformation.describe_stacks(StackName=f"Staffetta-{stage.name}-{name}")["Stacks"]
        except FAILURES:  # most stages have none
            continue
        for output in stack.get("Outputs", []):
            if output["OutputKey"] == f"{name}Record":
                yield f"The record of your own host: {output['OutputValue']}"


def _sandbox(stage: Stage, option: str) -> Iterator[str]:
    try:
        in_production = stage.client("sesv2").get_account().get("ProductionAccessEnabled")
    except FAILURES:
        return
    if not in_production:
        yield "SES is in the sandbox: it sends to verified addresses only. Request production access with:"
        yield f"  staffetta production request --website https://...{option}"


def _output(stage: Stage, name: str) -> str:
    try:
        return stage.outputs().get(name, "")
    except FAILURES:
        return ""
