from __future__ import annotations

import base64
import gzip
import zlib
from typing import Any

import pytest

from functions.core.errors import Rejected
from functions.http.dispatch import Dispatcher
from functions.http.request import INFLATED_MAX, Request, UnsupportedEncodingError, request_of
from functions.http.responses import HtmlPage, response
from functions.http.route import Route
from tests.support.events import http

GZIPPED = gzip.compress(b"{}")


def read(**event: Any) -> Request[str]:
    return request_of(http("POST", "/a", **event), caller="ada", path="/a", path_parameters={})


def test_cookies_are_read_by_name_and_the_first_counts() -> None:
    assert read(cookies=["session=a=b", "theme = dark", "session=other"]).cookies == {
        "session": "a=b",
        "theme": "dark",
    }
    assert read().cookies == {}


@pytest.mark.parametrize(
    ("body", "named"), [("null", "null"), ("[]", "a list"), ("5", "5"), ('"x"', "'x'"), ("true", "true")]
)
def test_another_body_is_named_as_json_names_it(body: str, named: str) -> None:
    with pytest.raises(Rejected, match=f"must be a JSON object, not {named}"):
        read(body=body).json()


@pytest.mark.parametrize("body", ["", "\n", " \r\n"])
def test_a_body_that_is_not_there_is_named_so(body: str) -> None:
    with pytest.raises(Rejected, match="body: is empty: it must be a JSON object"):
        read(body=body).json()
    with pytest.raises(Rejected, match="body: is empty: it must be a JSON array"):
        read(body="\ufeff").json_list()


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b'{"a": {"b": [1, 1e400]}}', "application/json", r"a.b\[1\]: is a number out of range: 1e400"),
        (b'[{"a": -1e400}]', "application/json", r"\[0].a: is a number out of range: -1e400"),
        (b'{"a": ' + b"9" * 5000 + b"}", "", f"a: is a number out of range: {'9' * 20}$"),
        (b'{"a": NaN}', "application/json", "a: is a number out of range: NaN"),
        ('{"a": "é"}'.encode("latin-1"), "application/json", "body: is not in UTF-8, as JSON must be"),
        ('{"a": 1}'.encode("utf-16"), "application/json; charset=utf-16", "body: is not in UTF-8, as JSON must be"),
        ('{"a": 1}'.encode("utf-16-le"), "application/json", "body: is not in UTF-8, as JSON must be"),
        (
            b"emailId=7",
            "application/x-www-form-urlencoded",
            "is not JSON but 'application/x-www-form-urlencoded', by its",
        ),
        (b"<send/>", "text/xml", "is not JSON but 'text/xml', by its Content-Type: send application/json"),
        (b'{"a": 1,}', "application/json", "body: is not JSON: JSON is malformed: trailing comma in object"),
    ],
)
def test_what_makes_a_body_unreadable_is_named(body: bytes, content_type: str, expected: str) -> None:
    event = {
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
        "headers": {"content-type": content_type},
    }
    with pytest.raises(Rejected, match=expected):
        read(**event).json_list() if body.startswith(b"[") else read(**event).json()


def test_a_mark_of_the_encoding_is_read_over() -> None:
    """Windows' editors and shells begin a file of UTF-8 with one."""
    assert read(body='\ufeff{"a": 1}').json() == {"a": 1}


def test_an_object_is_no_array() -> None:
    with pytest.raises(Rejected, match="must be a JSON array, not an object"):
        read(body="{}").json_list()


def test_a_form_is_read_and_another_body_has_no_fields() -> None:
    assert read(body="scope=all&name=a+b&name=c").form() == {"scope": ["all"], "name": ["a b", "c"]}
    assert read(body='{"scope": "all"}').form() == {}


def encoded(body: bytes, encoding: str) -> Request[str]:
    """A body as an HTTP API delivers it: compressed, in base64."""
    return read(body=base64.b64encode(body).decode(), isBase64Encoded=True, headers={"content-encoding": encoding})


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip"])
def test_a_gzip_body_is_inflated(encoding: str) -> None:
    assert encoded(gzip.compress(b'{"n": 1}'), encoding).json() == {"n": 1}


@pytest.mark.parametrize("encoding", ["", "identity"])
def test_a_body_without_a_coding_stays(encoding: str) -> None:
    assert encoded(b'{"n": 1}', encoding).json() == {"n": 1}


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "zstd", "nonsense"])
def test_another_content_encoding_is_unsupported(encoding: str) -> None:
    with pytest.raises(UnsupportedEncodingError, match=encoding):
        encoded(zlib.compress(b"{}"), encoding)


@pytest.mark.parametrize(
    "body",
    [b"{}", GZIPPED[:-1], GZIPPED + b"x", GZIPPED * 2, zlib.compress(b"{}")],
    ids=["plain", "cut", "followed", "twice", "zlib"],
)
def test_a_body_that_is_not_one_gzip_stream_is_rejected(body: bytes) -> None:
    with pytest.raises(Rejected, match="gzip"):
        encoded(body, "gzip")


def test_a_gzip_body_may_not_grow_beyond_the_limit() -> None:
    """A few kilobytes could otherwise fill the memory."""
    assert len(encoded(gzip.compress(bytes(INFLATED_MAX)), "gzip").body) == INFLATED_MAX
    with pytest.raises(Rejected, match="6,000,000 bytes"):
        encoded(gzip.compress(bytes(INFLATED_MAX + 1)), "gzip")


def test_secrets_are_not_in_a_requests_text() -> None:
    assert "hidden" not in repr(read(body="hidden", cookies=["session=hidden"]))


def html_page(title: str, body: str, status: int = 200) -> HtmlPage:
    return HtmlPage(f"<h1>{title}</h1>{body}", {"content-type": "text/html;charset=utf-8"}, status)


def test_pages_for_people_need_neither_keys_nor_problems() -> None:
    """A dispatcher with its own callers and its own error page."""
    dispatch: Dispatcher[str, str] = Dispatcher(
        [Route("GET", "/hello", "hello", "console", ())],
        {"hello": lambda request: html_page(f"Hello {request.caller}", request.cookies["theme"])},
        identify=lambda event: event["cookies"][0].partition("=")[2],
        admit=lambda _route, name: name,
        error_response=lambda error, _id, _event: response(0, html_page("Sorry", type(error).__name__, 404)),
        correlation_header="x-request-id",
    )
    answer = dispatch(http("GET", "/hello", cookies=["user=ada", "theme=dark"]))
    assert (answer["statusCode"], answer["headers"]["content-type"]) == (200, "text/html;charset=utf-8")
    assert "<h1>Hello ada</h1>dark" in answer["body"]
    assert answer["headers"]["x-request-id"]
    failed = dispatch(http("GET", "/nowhere", cookies=["user=ada"]))
    assert (failed["statusCode"], "RouteNotFoundError" in failed["body"]) == (404, True)
