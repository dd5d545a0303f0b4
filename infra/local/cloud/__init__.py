"""An AWS account on this machine: moto behind one lock, with the CloudFormation types and permission checks that moto lacks.

No library serves in moto's place: LocalStack and ministack are servers, not libraries. LocalStack runs functions in Docker; ministack 1.5
pins another botocore, and its SES publishes no events to event destinations.
"""

from infra.local.cloud.server import CallRecord, Cloud, Credentials

__all__ = ["CallRecord", "Cloud", "Credentials"]
