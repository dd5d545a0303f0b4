"""The models state the limits, and the reader applies them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from functions.core.models.field_errors import FieldErrors
from functions.routes.http.models import ApiModel, EmailAddress, ExtendedModel, Id, Instant
from functions.routes.http.models.reader import read_body, read_query
from tests.support.http.model_limits import BODY_LIMITS, QUERIES, QUERY_LIMITS, REQUESTS, nested, query_text
from tests.support.strategies import JSON


class Inner(ApiModel):
    name: Annotated[str, Meta(min_length=1, max_length=5, extra={"printable": True})]
    kind: Literal["A", "B"] = "A"


class Outer(ApiModel):
    email_id: Id
    inner: Inner
    items: Annotated[list[Inner], Meta(max_length=2)] | None = None
    tags: Annotated[dict[str, str], Meta(max_length=1)] | None = None
    to: Annotated[list[EmailAddress], Meta(extra={"lenient": True})] | None = None
    at: Instant | None = None


class Counted(ApiModel):
    count: Annotated[int, Meta(ge=0)]
    channel: Literal["EMAIL"] = "EMAIL"


class Closed(ApiModel, forbid_unknown_fields=True):
    flag: bool = False


class Extended(ExtendedModel):
    send_at: str | None = None


class Query(ApiModel):
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    ids: Annotated[list[Id], Meta(max_length=2)] | None = None
    flag: bool = False
    kind: Literal["A", "B"] | None = None


def read(model: type[ApiModel], value: Any, *, query: bool = False) -> tuple[Any, dict[str, str]]:
    """Returns the model, and the message of each error by its field."""
    errors = FieldErrors()
    result = (read_query if query else read_body)(model, value, errors)
    return result, {error.field: error.message for error in errors.errors}


def test_a_body_becomes_its_model() -> None:
    body = {
        "emailId": "7",
        "inner": {"name": " ada ", "unknown": 1},
        "items": [{"name": "x", "kind": "B"}],
        "to": "Ada@Example.net",
        "at": "2026-01-01T01:00:00+01:00",
        "tags": None,
    }
    result, errors = read(Outer, body)
    assert errors == {}
    assert result == Outer(
        email_id=7,
        inner=Inner("ada"),
        items=[Inner("x", "B")],
        to=["Ada@example.net"],
        at="2026-01-01T00:00:00.000Z",
    )


@pytest.mark.parametrize("name", ["send_at", "sendat", "SENDAT", "Send-At", "send-at"])
def test_another_spelling_of_a_field_is_an_error(name: str) -> None:
    _, errors = read(Extended, {name: "now", "memo": 1})
    assert errors == {name: "is not a field of this request: it has sendAt; did you mean sendAt?"}
    assert read(Extended, {"sendAt": "now", "memo": 1}) == (Extended("now"), {})


def test_every_error_has_the_fields_path() -> None:
    body = {
        "emailId": True,
        "inner": {"name": "a\nb", "kind": "C"},
        "items": [{}, 5],
        "tags": {"a": 1},
        "to": ["nobody"],
        "at": 5,
    }
    assert read(Outer, body)[1] == {
        "emailId": "must be a positive whole number, not true",
        "inner.name": "must be a text of 1 to 5 printable characters, not 'a\\nb'",
        "inner.kind": "must be one of A, B, not 'C'",
        "items[0].name": "is required: a text of 1 to 5 printable characters",
        "items[1]": "must be an object, not 5",
        "tags.a": "must be a text, not 1",
        "to[0]": "must be an email address like ada@example.com, not 'nobody'",
        "at": "must be an ISO-8601 time like 2026-01-31T00:00:00Z, not 5",
    }


@pytest.mark.parametrize(("number", "read_as"), [(7.0, 7), (7.5, None), (2.0**53 + 2, None), (-7.0, None)])
def test_a_whole_number_may_have_a_point(number: float, read_as: int | None) -> None:
    """JSON Schema's integers include 7.0, which PHP writes for a float. Above 2**53 a float may be another number's."""
    result, errors = read(Outer, {"emailId": number, "inner": {"name": "ada"}})
    assert (result.email_id, bool(errors)) == (read_as, read_as is None)
    result, errors = read(Counted, {"count": number})
    assert (result.count, bool(errors)) == (read_as, read_as is None)


def test_a_single_choice_is_no_list() -> None:
    assert read(Counted, {"count": 1, "channel": "SMS"})[1] == {"channel": "must be EMAIL, not 'SMS'"}


def test_a_missing_object_is_reported_with_its_required_fields() -> None:
    assert read(Outer, {})[1].keys() == {"emailId", "inner", "inner.name"}
    assert read(Outer, {"emailId": 7, "inner": 5})[1] == {"inner": "must be an object, not 5"}


def test_a_closed_model_refuses_unknown_fields() -> None:
    message = "is not a field of this request: it has flag; did you mean flag?"
    assert read(Closed, {"flag": True, "flags": 1})[1] == {"flags": message}


def test_a_query_becomes_its_model() -> None:
    result, errors = read(Query, {"limit": " 5", "ids": "7, 8,", "flag": "True", "kind": "b", "other": "x"}, query=True)
    assert (result, errors) == (Query(limit=5, ids=[7, 8], flag=True, kind="B"), {})
    assert read(Query, {"limit": "", "ids": " ", "kind": ""}, query=True) == (Query(), {})


def test_an_empty_flag_is_no_value() -> None:
    """An empty `dryRun=` must not send a mail."""
    assert read(Query, {"flag": ""}, query=True)[1] == {"flag": "must be true or false, not ''"}


@given(JSON)
def test_any_json_is_read_or_rejected(value: Any) -> None:
    for body in (value, {"emailId": value, "inner": {"name": value}, "to": [value], "at": value, "tags": value}):
        if isinstance(body, dict):
            result, errors = read(Outer, body)
            assert errors or msgspec.json.encode(result)


@given(st.dictionaries(st.sampled_from(["limit", "ids", "flag", "kind"]), st.text()))
def test_any_query_is_read_or_rejected(query: dict[str, str]) -> None:
    result, errors = read(Query, query, query=True)
    assert errors.keys() <= query.keys()
    assert errors or 1 <= result.limit <= 100


@pytest.mark.parametrize(("name", "path", "at", "over"), BODY_LIMITS, ids=lambda value: str(value)[:40])
def test_a_body_is_refused_just_over_each_limit(name: str, path: str, at: Any, over: Any) -> None:
    assert path not in read(REQUESTS[name], nested(path, at))[1]
    assert path in read(REQUESTS[name], nested(path, over))[1]


@pytest.mark.parametrize(("name", "path", "at", "over"), QUERY_LIMITS, ids=lambda value: str(value)[:40])
def test_a_query_is_refused_just_over_each_limit(name: str, path: str, at: Any, over: Any) -> None:
    assert path not in read(QUERIES[name], {path: query_text(at)}, query=True)[1]
    assert path in read(QUERIES[name], {path: query_text(over)}, query=True)[1]


def test_the_promised_limits_are_among_them() -> None:
    sends = {path: (at, over) for name, path, at, over in BODY_LIMITS if name == "single_send"}
    counted = {path: over for path, (_, over) in sends.items() if not isinstance(over, int)}
    assert {path: len(over) - 1 for path, over in counted.items()} == {
        "message.sendId": 512,
        "message.attachments": 100,
        "message.headers": 15,
        "message.tags": 10,
    }
    assert {name for name, _, _, _ in QUERY_LIMITS} >= {"list_emails", "list_messages", "list_email_events"}
