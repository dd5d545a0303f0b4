"""Our own PutObject, held against the SDK: the same signature, the same object, the same error codes."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from functions import wiring
from functions.adapters.aws.errors import AwsError
from functions.adapters.aws.http_response import Response
from functions.adapters.aws.s3_writer import S3Writer
from functions.settings import Account
from functions.wiring import Container
from tests.support.aws.cloud import SETTINGS
from tests.support.examples import NOON

PACKED = "application/gzip"
OBJECT: dict[str, Any] = {"Bucket": SETTINGS.events_bucket, "Body": b"\x1f\x8b", "ContentType": PACKED}


def account(token: str = "", url: str = "") -> Account:
    return Account(
        region="eu-central-1",
        access_key_id="AKID",
        secret_access_key="s/e+c",
        session_token=token,
        endpoint_url=url,
    )


@given(
    body=st.binary(),
    key=st.text("abcXYZ019./-_ é+", min_size=1, max_size=20).filter(lambda key: ".." not in key and "//" not in key),
    token=st.sampled_from(["", "a/token+of=STS"]),
)
def test_the_signature_is_the_sdks(body: bytes, key: str, token: str) -> None:
    sent: list[bytes] = []

    def answer(request: bytes, _seconds: float) -> Response:
        sent.append(request)
        return Response(200, b"HTTP/1.1 200 OK", b"")

    writer = S3Writer(account(token), "events")
    now = datetime.fromtimestamp(NOON, UTC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer._connections, "request", answer)
        patch.setattr("functions.adapters.aws.client.time.time", lambda: NOON)
        patch.setattr("botocore.auth.get_current_datetime", lambda: now)
        writer.put_object(Bucket="events", Key=key, Body=body, ContentType=PACKED)
        head, _, content = sent[0].partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        host = "events.s3.eu-central-1.amazonaws.com"
        request = AWSRequest(
            "PUT", f"https://{host}{first.split()[1]}", headers={"Host": host, "content-type": PACKED}, data=body
        )
        S3SigV4Auth(Credentials("AKID", "s/e+c", token or None), "s3", "eu-central-1").add_auth(request)
    headers = dict(line.split(": ", 1) for line in lines)
    assert content == body
    assert headers["authorization"] == request.headers["Authorization"]
    assert headers["x-amz-content-sha256"] == hashlib.sha256(body).hexdigest()


def test_it_stores_what_the_sdk_reads(aws: Container) -> None:
    put = wiring.clients.put_event_object(aws)
    assert put
    put(**OBJECT, Key="events/2026-11-23/15/é +.ndjson.gz")
    stored = boto3.client("s3").get_object(Bucket=SETTINGS.events_bucket, Key="events/2026-11-23/15/é +.ndjson.gz")
    assert (stored["Body"].read(), stored["ContentType"]) == (OBJECT["Body"], PACKED)


def test_an_error_has_the_sdks_code(aws: Container) -> None:
    nowhere = {**OBJECT, "Bucket": "nowhere", "Key": "k"}
    with pytest.raises(ClientError) as theirs:
        boto3.client("s3").put_object(**nowhere)
    with pytest.raises(AwsError) as ours:
        S3Writer(aws.get(wiring.clients.account), "nowhere").put_object(**nowhere)
    assert ours.value.code == theirs.value.response["Error"]["Code"] == "NoSuchBucket"


def test_it_writes_into_no_other_bucket() -> None:
    with pytest.raises(ValueError, match="not into others"):
        S3Writer(account(), "events").put_object(**{**OBJECT, "Bucket": "others"}, Key="k")
