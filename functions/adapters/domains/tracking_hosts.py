"""ports.TrackingHosts: the host is an option of a configuration set, and its target an output of the host's stack."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.adapters.aws.errors import AwsError
from functions.core.domains.domain import Domain
from functions.core.domains.records import DnsRecord, ses_tracking_host, tracking_record

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

OUTPUT = "TrackingHostRecord"  # `host CNAME target`


class SesTrackingHosts(Struct, frozen=True):
    client: SESV2Client
    cloudformation: Callable[[], Any]  # of CloudFront's region
    default_set: str
    own_host: str  # whose stack is the stage's
    stack: str
    region: str

    def record(self, domain: Domain) -> DnsRecord | None:
        configuration_set = domain.transactional_set or self.default_set
        try:
            answer = self.client.get_configuration_set(ConfigurationSetName=configuration_set)
        except self.client.exceptions.NotFoundException:  # doctor reports it
            return None
        host = answer.get("TrackingOptions", {}).get("CustomRedirectDomain", "")
        if not host.endswith(f".{domain.name}"):
            return None
        target = self._target() if host == self.own_host else ""
        return tracking_record(host, target or ses_tracking_host(self.region))

    def _target(self) -> str:
        """Returns nothing for a stack that has been deleted: its resources stay, and answer."""
        try:
            (stack,) = self.cloudformation().describe_stacks(StackName=self.stack)["Stacks"]
        except AwsError:
            return ""
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
        return str(outputs.get(OUTPUT, "")).rpartition(" ")[2]
