"""ports.EventArchive on S3: a compressed object of lines per batch and hour. Its name is the digest of its content, so a repeated batch
overwrites itself.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from functions.adapters import schema
from functions.core import timestamps
from functions.ports.events import ArchiveFolder, RawEvent

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

COMPRESSION = 6  # a batch of 100 to a tenth; 9 takes half as long again for one part in a hundred


class S3EventArchive(Struct, frozen=True):
    s3: Callable[[], S3Client]
    bucket: str
    put_object: Callable[..., Any] | None = None  # in place of the SDK's, which takes long to load

    def append(self, batch: Sequence[RawEvent]) -> None:
        objects: dict[tuple[ArchiveFolder, str], list[bytes]] = {}
        for event in batch:
            objects.setdefault((event.shelf, timestamps.hour(event.at)), []).append(_line(event.text))
        for (shelf, hour), lines in objects.items():
            body = b"".join(sorted(lines))  # SQS delivers a batch in any order
            key = schema.events_key(shelf, hour, hashlib.sha256(body).hexdigest()[:32])
            self._put(key, body)

    def between(self, since: str, until: str, shelf: ArchiveFolder = ArchiveFolder.EVENTS) -> Iterator[Any]:
        """Keys are in the order of their hours, so one listing reads any span."""
        last = schema.events_prefix(shelf, until)
        pages = (
            self.s3()
            .get_paginator("list_objects_v2")
            .paginate(
                Bucket=self.bucket, Prefix=schema.events_prefix(shelf), StartAfter=schema.events_prefix(shelf, since)
            )
        )
        for name in (listed["Key"] for page in pages for listed in page.get("Contents", [])):
            if name > last and not name.startswith(last):
                return
            packed = self.s3().get_object(Bucket=self.bucket, Key=name)["Body"].read()
            yield from map(msgspec.json.decode, gzip.decompress(packed).splitlines())

    def batches(self, after: str = "") -> Iterator[str]:
        prefix = schema.events_prefix(ArchiveFolder.EVENTS)
        listing = self.s3().get_paginator("list_objects_v2")
        pages = listing.paginate(Bucket=self.bucket, Prefix=prefix, StartAfter=after or prefix)
        return (listed["Key"] for page in pages for listed in page.get("Contents", []))

    def redact(self, batch: str, change: Callable[[Any], Any | None]) -> int:
        """Overwrites the batch under its old name, by which an erasure continues."""
        lines = gzip.decompress(self.s3().get_object(Bucket=self.bucket, Key=batch)["Body"].read()).splitlines()
        before = [msgspec.json.decode(line) for line in lines]
        after = [change(event) for event in before]
        changed = len([new for new, old in zip(after, before, strict=True) if new != old])
        left = b"".join(msgspec.json.encode(event) + b"\n" for event in after if event is not None)
        if changed and left:
            self._put(batch, left)
        elif changed:
            self.s3().delete_object(Bucket=self.bucket, Key=batch)
        return changed

    def _put(self, key: str, body: bytes) -> None:
        packed = gzip.compress(body, COMPRESSION, mtime=0)
        put_object = self.put_object or self.s3().put_object
        put_object(Bucket=self.bucket, Key=key, Body=packed, ContentType="application/gzip")


def _line(text: str) -> bytes:
    """Writes JSON on one line, without white space around its parts. Any other text becomes a JSON string."""
    try:
        msgspec.json.decode(text)  # `format` accepts some text that is no value: a number beyond all bounds
        return msgspec.json.format(text.encode(), indent=-1) + b"\n"
    except (msgspec.DecodeError, RecursionError):
        return msgspec.json.encode(text) + b"\n"
