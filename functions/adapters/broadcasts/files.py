"""ports.BroadcastFiles on S3: a gzip object for each page, in the bucket of the payloads, and the uploads of callers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from functions.adapters import schema
from functions.adapters.aws.gzip_lines import read_lines, write_lines
from functions.adapters.sending.uploads import read_from
from functions.core.broadcasts.broadcast import Recipient

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3BroadcastFiles(Struct, frozen=True):
    s3: Callable[[], S3Client]
    bucket: str

    def write_page(self, broadcast_id: str, number: int, recipients: Sequence[Recipient]) -> None:
        write_lines(self.s3(), self.bucket, schema.page_key(broadcast_id, number), recipients)

    def read_page(self, broadcast_id: str, number: int) -> list[Recipient]:
        return read_lines(self.s3(), self.bucket, schema.page_key(broadcast_id, number), Recipient)

    def read_upload(self, upload_id: str, offset: int) -> Iterator[bytes]:
        return read_from(self.s3(), self.bucket, upload_id, offset)
