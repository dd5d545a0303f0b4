"""The response that a function's result becomes."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.cloud import Cloud
from infra.local.gateway.response import MalformedResponse, parse_response
from tests.support.local.deployed import Handlers, run
from tests.support.local.http_api import Deployment, serving

FULL = {
    "statusCode": 201,
    "headers": {"X-One": 1, "Content-Type": "text/html"},
    "cookies": ["a=1", "b=2"],
    "body": "<p>",
}


def test_full_response(cloud: Cloud) -> None:
    """Status, headers, several cookies and body are the function's."""
    Deployment(cloud).route("$default", "f")

    async def scenario() -> None:
        async with serving(cloud, Handlers(f=lambda event: FULL)) as (client, _):
            response = await client.get("/")
            assert response.status == 201
            assert response.headers["x-one"] == "1"
            assert response.headers["content-type"] == "text/html"
            assert response.headers.getall("set-cookie") == ["a=1", "b=2"]
            assert await response.text() == "<p>"

    run(scenario())


@pytest.mark.parametrize(
    ("payload", "status", "content_type", "body"),
    [
        ({"ok": True}, 200, "application/json", b'{"ok": true}'),
        ("Hello", 200, "application/json", b'"Hello"'),
        ([1], 200, "application/json", b"[1]"),
        (None, 200, "application/json", b"null"),
        ({"statusCode": "204"}, 204, "text/plain; charset=utf-8", b""),
        ({"statusCode": 200, "body": "AP8=", "isBase64Encoded": True}, 200, "text/plain; charset=utf-8", b"\x00\xff"),
    ],
)
def test_response_forms(payload: Any, status: int, content_type: str, body: bytes) -> None:
    """JSON without a status is a 200. With a status, missing fields have API Gateway's defaults."""
    answer = parse_response(payload)
    assert (answer.status, dict(answer.headers)["content-type"], answer.body) == (status, content_type, body)


@pytest.mark.parametrize(
    "payload",
    [
        {"statusCode": "soon"},
        {"statusCode": None},
        {"statusCode": 99},
        {"statusCode": True},
        {"statusCode": 200, "body": {"not": "text"}},
        {"statusCode": 200, "body": "?", "isBase64Encoded": True},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "headers": {"a": "b\r\nset-cookie: c"}},
        {"statusCode": 200, "cookies": "a=1"},
    ],
)
def test_malformed_responses(payload: Any) -> None:
    """API Gateway answers 500 for these."""
    with pytest.raises(MalformedResponse):
        parse_response(payload)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda i: (
            st.dictionaries(st.sampled_from(["statusCode", "headers", "body", "cookies", "isBase64Encoded", "x"]), i)
            | st.lists(i)
        ),
    )
)
def test_any_payload_is_a_response_or_malformed(payload: Any) -> None:
    """No payload of a function breaks the gateway."""
    with suppress(MalformedResponse):
        assert 100 <= parse_response(payload).status < 600
