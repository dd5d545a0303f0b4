"""An AWS account on this machine: moto behind one lock, with the CloudFormation types and permission checks that moto lacks.

No library serves in moto's place: LocalStack and ministack are servers, not libraries. LocalStack runs functions in Docker; ministack 1.5
pins another botocore, and its SES publishes no events to event destinations.
"""

from infra.local.cloud.moto_imports import import_services

import_services()  # before any other module imports them

from infra.local.cloud.server import CallRecord, Cloud, Credentials  # noqa: E402  as above

__all__ = ["CallRecord", "Cloud", "Credentials"]
