"""ports.BroadcastFiles on S3: a gzip object for each page, in the bucket of the payloads, and the uploads of callers."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.errors import AwsError
from functions.adapters.sending.uploads import NOT_THERE, read_from
from functions.core.broadcasts.broadcast import Recipient

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_LEVEL = 6  # of gzip: a higher one costs more processor time than it saves storage

_decoder = msgspec.json.Decoder(Recipient)


class S3BroadcastFiles(Struct, frozen=True):
    s3: Callable[[], S3Client]
    bucket: str

    def write_page(self, broadcast_id: str, number: int, recipients: Sequence[Recipient]) -> None:
        lines = b"\n".join(map(msgspec.json.encode, recipients))
        body = gzip.compress(lines, _LEVEL, mtime=0)
        self.s3().put_object(Bucket=self.bucket, Key=schema.page_key(broadcast_id, number), Body=body)

    def read_page(self, broadcast_id: str, number: int) -> list[Recipient]:
        key = schema.page_key(broadcast_id, number)
        try:
            body = self.s3().get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except AwsError as error:
            if error.code in NOT_THERE:
                raise LookupError(key) from error
            raise
        return [_decoder.decode(line) for line in gzip.decompress(body).splitlines()]

    def read_upload(self, upload_id: str, offset: int) -> Iterator[bytes]:
        return read_from(self.s3(), self.bucket, upload_id, offset)
