"""Uploads: one suite on the fake and on S3 in moto."""

from __future__ import annotations

import itertools
import uuid

import pytest
import requests
from msgspec.structs import replace

from functions import wiring
from functions.ports.sending import Uploads
from functions.wiring import Container
from tests.fakes.sending import MemoryUploads
from tests.support.aws.cloud import SETTINGS, aws_of


@pytest.fixture
def memory() -> MemoryUploads:
    return MemoryUploads()


@pytest.fixture(params=["memory", "s3"])
def uploads(request: pytest.FixtureRequest, memory: MemoryUploads) -> Uploads:
    return memory if request.param == "memory" else aws_of(request).get(wiring.adapters.sending.uploads)


def put(uploads: Uploads, upload_id: str, octets: bytes) -> None:
    if isinstance(uploads, MemoryUploads):
        uploads.put(upload_id, octets)
    else:
        requests.put(uploads.presign(upload_id, len(octets), 60), data=octets, timeout=5).raise_for_status()


def test_a_url_is_of_the_origin(uploads: Uploads) -> None:
    assert uploads.presign("one", 5, 60).startswith(f"{uploads.origin()}/")


def test_what_was_put_is_found_and_read(uploads: Uploads) -> None:
    name, other = str(uuid.uuid4()), str(uuid.uuid4())
    put(uploads, name, b"%PDF-1.7")
    upload = uploads.head(name)
    assert upload
    assert (upload.id, upload.size) == (name, 8)
    assert len(upload.at) == len("2026-11-23T12:00:00.000Z")
    assert uploads.read(upload) == b"%PDF-1.7"
    assert uploads.head(other) is None


def test_other_octets_are_another_version(uploads: Uploads) -> None:
    name = str(uuid.uuid4())
    put(uploads, name, b"one")
    first = uploads.head(name)
    assert first
    put(uploads, name, b"two")
    second = uploads.head(name)
    assert second
    assert uploads.read(second) == b"two"
    with pytest.raises(LookupError):
        uploads.read(first)
    with pytest.raises(LookupError):
        uploads.read(replace(first, id=str(uuid.uuid4())))


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "payloads.s3.eu-west-1.amazonaws.com"),
        ("us-east-1", "payloads.s3.amazonaws.com"),
        ("cn-north-1", "payloads.s3.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_a_presigned_url_has_the_buckets_regional_host(monkeypatch: pytest.MonkeyPatch, region: str, host: str) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_REGION", region)
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    url = Container(SETTINGS).get(wiring.adapters.sending.uploads).presign("some-id", 1234, 900)
    assert url.startswith(f"https://{host}/uploads/some-id?")


def test_a_url_is_signed_for_key_length_and_time_only(aws: Container) -> None:
    url = aws.get(wiring.adapters.sending.uploads).presign("some-id", 1234, 900)
    path, _, query = url.partition("?")
    parameters = dict(itertools.chain(pair.split("=", 1) for pair in query.split("&")))
    assert path.endswith(f"/{SETTINGS.payload_bucket}/uploads/some-id")
    assert (parameters["X-Amz-Algorithm"], parameters["X-Amz-Expires"]) == ("AWS4-HMAC-SHA256", "900")
    assert parameters["X-Amz-SignedHeaders"] == "content-length%3Bhost"
    assert not [name for name in parameters if "checksum" in name.lower()]
