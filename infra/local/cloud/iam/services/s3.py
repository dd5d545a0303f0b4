"""S3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from infra.local.cloud.iam.permission_rules import (
    AccountContext,
    Params,
    PermissionRule,
    any_resource,
    each,
    renamed,
)
from infra.local.cloud.iam.policy_evaluation import Grant


def _bucket(params: Params, _account: AccountContext) -> str:
    return f"arn:aws:s3:::{params['Bucket']}"


def _object(params: Params, account: AccountContext) -> str:
    return f"{_bucket(params, account)}/{params['Key']}"


def _read_object(params: Params, account: AccountContext) -> Iterable[Grant]:
    return [("s3:GetObjectVersion" if "VersionId" in params else "s3:GetObject", _object(params, account))]


def _delete_objects(params: Params, account: AccountContext) -> Iterable[Grant]:
    return [("s3:DeleteObject", f"{_bucket(params, account)}/{key}") for key in params["Keys"]]


S3: Final[Mapping[str, PermissionRule]] = {
    **each("s3", "PutObject DeleteObject AbortMultipartUpload GetObjectTagging PutObjectTagging", _object),
    "GetObject": _read_object,
    "HeadObject": _read_object,
    "DeleteObjects": _delete_objects,
    **{
        name: renamed("s3:PutObject", _object)
        for name in ("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")
    },
    **{name: renamed("s3:ListBucket", _bucket) for name in ("ListObjects", "ListObjectsV2", "HeadBucket")},
    "GetBucketLocation": renamed("s3:GetBucketLocation", _bucket),
    "ListBuckets": renamed("s3:ListAllMyBuckets", any_resource),
}
