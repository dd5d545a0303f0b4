"""An AWS account on this machine: moto behind one lock, with the CloudFormation types and permissions that it lacks."""

from infra.local.cloud.server import Call, Cloud, Credentials

__all__ = ["Call", "Cloud", "Credentials"]
