"""Deliver's batch of ten stays within its memory with the largest mails that are allowed, and with a margin."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from functions import wiring
from functions.adapters import schema
from functions.core.sending.attachments import IN_REQUEST_MAX, TOTAL_MAX, Attachment, Upload
from functions.core.sending.send import Send
from functions.wiring import Container
from tests.bench import running
from tests.support.aws.cloud import SETTINGS
from tests.support.examples import a_send, messages_of

MEMORY_MB = 1024  # deliver's, in infra/service.py
MARGIN_MB = 256  # for Lambda's own runtime, and for what a fresh process does not show
BATCH = 10


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patch, running.server("tests.bench.stub") as port:
        for name, value in running.environment(port).items():
            patch.setenv(name, value)
        patch.setenv("BENCH_API_KEY", "")  # it is set by what follows
        running._prepare(Container(SETTINGS))
        yield port


def peak_of(sends: list[Send]) -> float:
    """Returns megabytes."""
    container = Container(SETTINGS)
    for send in sends:
        container.get(wiring.adapters.sending.sends).create(messages_of(send))
        container.get(wiring.adapters.sending.send_queue).enqueue(send)
    measured: dict[str, Any] = running._run("tests.bench.memory_worker", event=running.taken()["bodies"])
    sent = running.taken()["counts"]["SendEmail"]
    assert (sent, measured["failures"]) == (len(sends), 0)
    return float(measured["peak"])


def send_with(number: int, *attachments: Attachment) -> Send:
    return a_send(
        id=f"s-{os.urandom(4).hex()}-{number}",
        contact={"firstname": "Ada"},
        custom={"order": "A-1042", "total": "1", "lines": []},
        attachments=attachments,
    )


@pytest.mark.usefixtures("port")
def test_ten_mails_with_the_largest_request_fit() -> None:
    content = base64.b64encode(os.urandom(IN_REQUEST_MAX)).decode()
    file = Attachment(filename="large.pdf", content_type="application/pdf", content=content)
    peak = peak_of([send_with(number, file) for number in range(BATCH)])
    assert peak < MEMORY_MB - MARGIN_MB, f"{peak:.0f} MB"


@pytest.mark.usefixtures("port")
def test_ten_mails_with_the_largest_uploads_fit() -> None:
    s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    uploaded = Upload("8f14e45f-ceea-467f-a0e6-1b2c3d4e5f60", size=TOTAL_MAX, version='"v"')
    s3.put_object(Bucket=SETTINGS.payload_bucket, Key=schema.upload_key(uploaded.id), Body=os.urandom(TOTAL_MAX))
    running.taken()
    file = Attachment(filename="large.pdf", content_type="application/pdf", upload=uploaded)
    peak = peak_of([send_with(number, file) for number in range(BATCH)])
    assert peak < MEMORY_MB - MARGIN_MB, f"{peak:.0f} MB"
