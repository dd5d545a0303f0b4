"""S3's PutObject by our own client. It is the only call of S3 that record makes, so record loads no SDK.

A repeated PutObject stores the same object, so the client repeats it as every other call.
"""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

from functions.adapters.aws.client import ANSWER_SECONDS, AwsClient, Call, Service
from functions.adapters.aws.signing import Signer
from functions.settings import Account


class S3Writer(AwsClient):
    """Writes into one bucket, whose host is in its own region: S3 redirects no call to it."""

    def __init__(self, account: Account, bucket: str) -> None:
        super().__init__(Service("s3", f"{bucket}.s3", _no_other_call, ANSWER_SECONDS), account)
        self._bucket = bucket
        self._root = f"/{bucket}/" if account.endpoint_url else "/"  # the local stack has one host for all buckets

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str) -> dict[str, Any]:  # noqa: N803 - the SDK's names
        """Raises ValueError for another bucket, and the errors of the client."""
        if Bucket != self._bucket:
            raise ValueError(f"this client writes into {self._bucket}, not into {Bucket}")
        path = self._root + quote(Key, safe="/-_.~")
        headers = {
            "host": self._connections.host,
            "content-type": ContentType,
            "x-amz-content-sha256": hashlib.sha256(Body).hexdigest(),
        }
        call = Call("PutObject", "PUT", path, headers)
        return self._repeated(call, Signer(self._account, "s3", call.method, path, headers), Body)


def _no_other_call(operation: str) -> Call:
    raise AttributeError(f"S3's {operation} is not in use here: PutObject only")
