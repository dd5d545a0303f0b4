"""S3: bucket policies are stored and returned, not enforced.

moto ignores their conditions, so the common "deny unless TLS" denies every call, and it ignores identity policies. The account
checks a function's calls against its role before moto receives them.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3 import models
from moto.s3.models import FakeBucket


def install(clock: Callable[[], float]) -> None:
    models.utcnow = lambda: datetime.fromtimestamp(clock(), UTC).replace(tzinfo=None)
    FakeBucket.get_permission = _neutral


def _neutral(_self: FakeBucket, _action: str, _resource: str) -> Any:
    return PermissionResult.NEUTRAL
