"""A list in S3: gzip of a JSON object per line."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec import Struct

from functions.adapters.aws.errors import NOT_THERE, AwsError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_LEVEL = 6  # a higher one costs more processor time than it saves storage

Line = TypeVar("Line", bound=Struct)


def write_lines(s3: S3Client, bucket: str, key: str, lines: Iterable[Struct]) -> None:
    body = gzip.compress(b"\n".join(map(msgspec.json.encode, lines)), _LEVEL, mtime=0)
    s3.put_object(Bucket=bucket, Key=key, Body=body)


def read_lines(s3: S3Client, bucket: str, key: str, type_: type[Line]) -> list[Line]:
    """Raises LookupError if the object does not exist."""
    try:
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except AwsError as error:
        if error.code in NOT_THERE:
            raise LookupError(key) from error
        raise
    decoder = msgspec.json.Decoder(type_)
    return [decoder.decode(line) for line in gzip.decompress(body).splitlines()]
