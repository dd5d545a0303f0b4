"""The event that a function gets of a request."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from aiohttp import FormData
from yarl import URL

from infra.local.cloud import Cloud
from tests.support.local.deployed import Handlers, run
from tests.support.local.http_api import Deployment, serving


def test_event_of_a_request(cloud: Cloud) -> None:
    """Every field of payload format 2.0, as API Gateway fills it."""
    api = Deployment(cloud)
    api.route("POST /mail/{id}", "f")
    functions = Handlers(f=lambda event: None)

    async def scenario() -> Any:
        async with serving(cloud, functions) as (client, _):
            headers = [
                ("X-Tag", "a"),
                ("X-Tag", "b"),
                ("Cookie", "c=1; d=2"),
                ("Cookie", "e=3"),
                ("User-Agent", "test"),
            ]
            response = await client.post(
                URL("/mail/a%20b?x=1&x=2&y=%C3%BC&empty=", encoded=True), json={"ü": 1}, headers=headers
            )
            return response.headers["apigw-requestid"], functions.events["f"][0]

    request_id, event = run(scenario())
    context = event.pop("requestContext")
    headers = event.pop("headers")
    assert event == {
        "version": "2.0",
        "routeKey": "POST /mail/{id}",
        "rawPath": "/mail/a b",
        "rawQueryString": "x=1&x=2&y=%C3%BC&empty=",
        "cookies": ["c=1", "d=2", "e=3"],
        "queryStringParameters": {"x": "1,2", "y": "ü", "empty": ""},
        "pathParameters": {"id": "a b"},
        "body": '{"\\u00fc": 1}',
        "isBase64Encoded": False,
    }
    assert headers["x-tag"] == "a,b"
    assert headers["content-type"] == "application/json"
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert "cookie" not in headers
    assert context.pop("timeEpoch") > 1_700_000_000_000
    assert context.pop("time").endswith(" +0000")
    assert context == {
        "accountId": cloud.account_id,
        "apiId": api.id,
        "domainName": "127.0.0.1",
        "domainPrefix": "127",
        "http": {
            "method": "POST",
            "path": "/mail/a b",
            "protocol": "HTTP/1.1",
            "sourceIp": "127.0.0.1",
            "userAgent": "test",
        },
        "requestId": request_id,
        "routeKey": "POST /mail/{id}",
        "stage": "$default",
    }


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("application/json; charset=utf-8", b"{}", "{}"),
        ("text/csv", "ü".encode(), "ü"),
        ("application/xml", b"<a/>", "<a/>"),
        ("application/x-www-form-urlencoded", b"a=1", None),
        ("application/problem+json", b"{}", None),
        ("application/octet-stream", b"\x00\xff", None),
        ("text/plain", b"\xff", None),
    ],
)
def test_body_is_text_or_base64(cloud: Cloud, content_type: str, body: bytes, text: str | None) -> None:
    """API Gateway treats very few types as text. Even a form is base64."""
    Deployment(cloud).route("$default", "f")
    functions = Handlers(f=lambda event: None)

    async def scenario() -> None:
        async with serving(cloud, functions) as (client, _):
            await client.post("/", data=body, headers={"content-type": content_type})

    run(scenario())
    event = functions.events["f"][0]
    assert event["isBase64Encoded"] is (text is None)
    assert event["body"] == (base64.b64encode(body).decode() if text is None else text)


def test_bare_request_has_no_optional_fields(cloud: Cloud) -> None:
    """Without query, cookies, path variables and body their fields are absent, not null."""
    Deployment(cloud).route("$default", "f")
    functions = Handlers(f=lambda event: None)

    async def scenario() -> None:
        async with serving(cloud, functions) as (client, _):
            await client.get(URL("/a//b%2Fc", encoded=True))

    run(scenario())
    event = functions.events["f"][0]
    assert event["rawPath"] == "/a//b/c"
    assert not event.keys() & {"cookies", "queryStringParameters", "pathParameters", "body"}


def test_form_upload_arrives_whole(cloud: Cloud) -> None:
    """A multipart body is passed as bytes."""
    Deployment(cloud).route("$default", "f")
    functions = Handlers(f=lambda event: None)
    form = FormData()
    form.add_field("file", b"\x00\x01\xff" * 1000, filename="a.bin")

    async def scenario() -> None:
        async with serving(cloud, functions) as (client, _):
            await client.post("/", data=form)

    run(scenario())
    assert b"\x00\x01\xff" * 1000 in base64.b64decode(functions.events["f"][0]["body"])
