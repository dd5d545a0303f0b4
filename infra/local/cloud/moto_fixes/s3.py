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
    FakeBucket.update_from_cloudformation_json = classmethod(_update)


_moto_update: Any = FakeBucket.update_from_cloudformation_json.__func__


def _update(cls: type[FakeBucket], /, *, original_resource: FakeBucket, cloudformation_json: Any, **place: Any) -> Any:
    """Moto fails at an update of a bucket that has tags, and no name in its template."""
    named = {"BucketName": original_resource.name, **cloudformation_json["Properties"]}
    changed = {**cloudformation_json, "Properties": named}
    return _moto_update(cls, original_resource=original_resource, cloudformation_json=changed, **place)


def _neutral(_self: FakeBucket, _action: str, _resource: str) -> Any:
    return PermissionResult.NEUTRAL
