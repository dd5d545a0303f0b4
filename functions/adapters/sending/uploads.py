"""ports.Uploads on S3: an object for each upload, in the bucket of the payloads. A rule of the bucket deletes it after two weeks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.errors import NOT_THERE, AwsError
from functions.core import timestamps
from functions.core.sending.attachments import Upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BEYOND = "InvalidRange"  # the file ends before the offset
CHUNK = 256 * 1024  # octets of an upload that are read at once


class S3Uploads(Struct, frozen=True):
    s3: Callable[[], S3Client]  # few sends need it
    bucket: str

    def presign(self, upload_id: str, size: int, seconds: int) -> str:
        """The length is signed, so S3 accepts no other."""
        upload = {"Bucket": self.bucket, "Key": schema.upload_key(upload_id), "ContentLength": size}
        return self.s3().generate_presigned_url("put_object", Params=upload, ExpiresIn=seconds)

    def origin(self) -> str:
        """Signing calls nothing, and the SDK's own choice of a host is in the URL."""
        parts = urlsplit(self.presign("origin", 1, 1))
        return f"{parts.scheme}://{parts.netloc}"

    def head(self, upload_id: str) -> Upload | None:
        try:
            head = self.s3().head_object(Bucket=self.bucket, Key=schema.upload_key(upload_id))
        except AwsError as error:
            if error.code in NOT_THERE:
                return None
            raise
        at = timestamps.iso(head["LastModified"].timestamp())
        return Upload(upload_id, size=head["ContentLength"], version=head["ETag"], at=at)

    def read(self, upload: Upload) -> bytes:
        key = schema.upload_key(upload.id)
        try:
            return self.s3().get_object(Bucket=self.bucket, Key=key, IfMatch=upload.version)["Body"].read()
        except AwsError as error:
            if error.code in NOT_THERE:
                raise LookupError(key) from error
            raise


def read_from(s3: S3Client, bucket: str, upload_id: str, offset: int) -> Iterator[bytes]:
    """Yields an uploaded file from an octet on, in parts. Raises LookupError if it does not exist."""
    key = schema.upload_key(upload_id)
    try:
        body = s3.get_object(Bucket=bucket, Key=key, Range=f"bytes={offset}-")["Body"]
    except AwsError as error:
        if error.code == BEYOND:
            return
        if error.code in NOT_THERE:
            raise LookupError(key) from error
        raise
    try:
        yield from body.iter_chunks(CHUNK)
    finally:
        body.close()
