"""The archive of SES's events: one suite on the fake and on S3 in moto."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import wiring
from functions.adapters.events.archive import S3EventArchive
from functions.ports.events import ArchiveFolder, EventArchive, RawEvent
from functions.wiring import Container
from tests.fakes.events import MemoryEventArchive
from tests.support.aws.cloud import SETTINGS, aws_of
from tests.support.strategies import JSON

_days = (datetime(2026, 11, 23, tzinfo=UTC) + timedelta(days=number) for number in count())


@pytest.fixture(params=["memory", "s3"])
def archive(request: pytest.FixtureRequest) -> EventArchive:
    return (
        MemoryEventArchive() if request.param == "memory" else aws_of(request).get(wiring.adapters.events.event_archive)
    )


@pytest.fixture
def day() -> str:
    """A day without other events."""
    return next(_days).date().isoformat()


def raw(value: Any, at: str, shelf: ArchiveFolder = ArchiveFolder.EVENTS) -> RawEvent:
    return RawEvent(json.dumps(value), f"{at}:30:00.000Z", shelf)


def archived(archive: EventArchive, since: str, until: str, shelf: ArchiveFolder = ArchiveFolder.EVENTS) -> list[Any]:
    """In a fixed order, since an hour has no order."""
    return sorted(archive.between(since, until, shelf), key=json.dumps)


def test_events_come_back_by_the_hours_they_came_in(archive: EventArchive, day: str) -> None:
    archive.append([raw({"n": hour}, f"{day}T{hour:02}") for hour in (9, 10, 11, 20)])
    assert archived(archive, f"{day}T10", f"{day}T11") == [{"n": 10}, {"n": 11}]
    assert archived(archive, f"{day}T12", f"{day}T19") == []
    assert list(archive.between(f"{day}T00", f"{day}T23")) == [{"n": 9}, {"n": 10}, {"n": 11}, {"n": 20}]


def test_a_repeated_batch_in_any_order_is_stored_once(archive: EventArchive, day: str) -> None:
    batch = [raw({"n": number}, f"{day}T09") for number in range(3)]
    archive.append(batch)
    archive.append(batch[::-1])
    archive.append([raw({"n": 3}, f"{day}T09")])
    assert archived(archive, f"{day}T09", f"{day}T09") == [{"n": number} for number in range(4)]


def test_external_and_unreadable_events_have_their_own_folders(archive: EventArchive, day: str) -> None:
    unreadable = [RawEvent(text, f"{day}T09:00:00.000Z", ArchiveFolder.UNREADABLE) for text in ("{", "a\nb")]
    archive.append([raw(1, f"{day}T09"), raw(2, f"{day}T09", ArchiveFolder.FOREIGN), *unreadable])
    assert archived(archive, f"{day}T09", f"{day}T09") == [1]
    assert archived(archive, f"{day}T09", f"{day}T09", ArchiveFolder.FOREIGN) == [2]
    assert archived(archive, f"{day}T09", f"{day}T09", ArchiveFolder.UNREADABLE) == ["a\nb", "{"]


def test_an_empty_batch_is_nothing(archive: EventArchive, day: str) -> None:
    archive.append([])
    assert archived(archive, f"{day}T00", f"{day}T23") == []


def test_an_object_is_compressed_lines_under_its_hour(aws: Container, day: str) -> None:
    """So that any tool that reads gzip and JSON can read it."""
    aws.get(wiring.adapters.events.event_archive).append(
        [raw({"n": 1, "m": [1, 2]}, f"{day}T09"), raw({"n": 2}, f"{day}T09")]
    )
    listed = aws.get(wiring.clients.s3).list_objects_v2(Bucket=SETTINGS.events_bucket, Prefix=f"events/{day}/")
    (key,) = (entry["Key"] for entry in listed["Contents"])
    assert key.startswith(f"events/{day}/09/")
    assert key.endswith(".ndjson.gz")
    packed = aws.get(wiring.clients.s3).get_object(Bucket=SETTINGS.events_bucket, Key=key)["Body"].read()
    assert gzip.decompress(packed) == b'{"n":1,"m":[1,2]}\n{"n":2}\n'


class _Bucket:
    """The part of S3 that the adapter uses."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put_object(self, *, Key: str, Body: bytes, **_: str) -> None:  # noqa: N803 - S3's names
        self.objects[Key] = Body

    def get_object(self, *, Key: str, **_: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        bucket = self

        class _Body:
            def read(self) -> bytes:
                return bucket.objects[Key]

        return {"Body": _Body()}

    def get_paginator(self, _name: str) -> _Bucket:
        return self

    def paginate(self, *, Prefix: str, StartAfter: str, **_: str) -> Iterator[dict[str, Any]]:  # noqa: N803 - boto3's name
        names = sorted(name for name in self.objects if name.startswith(Prefix) and name > StartAfter)
        yield {"Contents": [{"Key": name} for name in names]}


@given(st.lists(JSON.map(json.dumps) | st.text() | st.sampled_from(["1e999", "[" * 5000, '"\\ud800"', "9" * 5000])))
def test_any_text_is_kept_and_comes_back(texts: list[str]) -> None:
    """Any published text is archived, and does not damage other events."""
    bucket: Any = _Bucket()
    archive = S3EventArchive(lambda: bucket, "events")
    archive.append([RawEvent(text, "2026-11-23T09:00:00.000Z") for text in texts])
    back = list(archive.between("2026-11-23T09", "2026-11-23T09"))
    assert len(back) == len(texts)
    assert {text for text in back if isinstance(text, str)} <= {*texts, *map(_value, texts)}


def _value(text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, str) else text


def test_batches_of_the_archive_are_rewritten_in_their_place(archive: EventArchive) -> None:
    before = set(archive.batches())
    batches = [[{"of": "ada", "n": 1}, {"of": "bob", "n": 2}], [{"of": "ada", "n": 3}], [{"of": "bob", "n": 4}]]
    for number, batch in enumerate(batches):
        archive.append([RawEvent(json.dumps(one), f"2031-01-0{number + 1}T15:30:00.000Z") for one in batch])
    names = [name for name in archive.batches() if name not in before]
    assert names == sorted(names)
    assert [name for name in archive.batches(names[0]) if name not in before] == names[1:]
    counts = [archive.redact(name, lambda event: None if event["of"] == "ada" else event) for name in names]
    assert counts == [1, 1, 0]
    assert list(archive.between("2031-01-01T00", "2031-01-09T00")) == [{"of": "bob", "n": 2}, {"of": "bob", "n": 4}]
