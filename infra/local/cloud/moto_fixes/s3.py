"""S3: bucket policies are kept and shown, not enforced.

moto ignores their conditions, so that the common "deny unless TLS" shuts the bucket for everyone; and it lets no identity
policy speak. What a function may do is held against its role before moto sees the call.
"""

from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket


def install() -> None:
    FakeBucket.get_permission = _neutral


def _neutral(_self: FakeBucket, _action: str, _resource: str) -> Any:
    return PermissionResult.NEUTRAL
