"""The fields of an email's document: their types, and warnings about unknown ones."""

from __future__ import annotations

from typing import Any

import pytest
from hubspot.marketing.emails import EmailCreateRequest, PublicEmail, PublicEmailContent
from hypothesis import given

from functions.core.emails.document_fields import unknown_fields
from functions.core.emails.email_document import head_of
from functions.core.errors import Rejected
from tests.support.strategies import JSON


@pytest.mark.parametrize(
    ("document", "field", "meant"),
    [
        ({"subjekt": "Hi"}, "subjekt", "subject"),
        ({"SUBJECT": "Hi"}, "SUBJECT", "subject"),
        ({"html": "<p>"}, "html", "content.html"),
        ({"from": {"fromname": "Acme"}}, "from.fromname", "fromName"),
        ({"content": {"trackOpen": False}}, "content.trackOpen", "trackOpens"),
        ({"content": {"sample": {"contactProperty": {}}}}, "content.sample.contactProperty", "contactProperties"),
        ({"content": {"translations": {"de": {"subjekt": "x"}}}}, "content.translations.de.subjekt", "subject"),
        ({"subscriptionDetails": {"subscriptionID": 1}}, "subscriptionDetails.subscriptionID", "subscriptionId"),
    ],
)
def test_an_unknown_field_is_warned_of_with_the_nearest(document: dict[str, Any], field: str, meant: str) -> None:
    (warning,) = unknown_fields(document)
    assert (warning.field, warning.code) == (field, "UNKNOWN_FIELD")
    assert warning.message.endswith(f"did you mean {meant}?")


def test_a_strange_field_has_no_nearest_name() -> None:
    (warning,) = unknown_fields({"zzz": 1})
    assert warning.message == "is not a field of an email: it is stored, and has no effect"


def test_hubspots_own_fields_are_no_warnings() -> None:
    names = {*PublicEmail.attribute_map.values(), *EmailCreateRequest.attribute_map.values()}
    assert unknown_fields(dict.fromkeys(names)) == []
    assert unknown_fields({"content": dict.fromkeys(PublicEmailContent.attribute_map.values())}) == []


@given(JSON)
def test_any_json_is_looked_through(value: Any) -> None:
    unknown_fields({"from": value, "content": value, "subscriptionDetails": value})
    unknown_fields({"content": {"sample": value, "translations": value}})
    unknown_fields({"content": {"translations": {"de": value}}})


WRONG: tuple[Any, ...] = ("", 0, False, [], 1, "x", ["x"])


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize("field", ["from", "to", "content", "subscriptionDetails", "webversion", "testing", "rssData"])
def test_another_type_than_an_object_is_refused(field: str, value: Any) -> None:
    assert wrong_fields({field: value}) == [field]


@pytest.mark.parametrize("value", ["", 0, [], {}, 1, "true"])
@pytest.mark.parametrize("field", ["sendOnPublish", "jitterSendTime"])
def test_another_type_than_a_flag_is_refused(field: str, value: Any) -> None:
    assert wrong_fields({field: value}) == [field]


@pytest.mark.parametrize("value", ["AAA", "", 0, False, [], {}, "2026-13-01", 1767312245000])
def test_a_publish_date_is_an_instant(value: Any) -> None:
    assert wrong_fields({"publishDate": value}) == ["publishDate"]
    head_of({"name": "a", "publishDate": "2026-01-31T00:00:00Z"})


@pytest.mark.parametrize("value", [0, False, [], {}])
@pytest.mark.parametrize("field", ["subject", "language", "campaign", "subcategory"])
def test_another_type_than_a_text_is_refused(field: str, value: Any) -> None:
    assert wrong_fields({field: value}) == [field]


@pytest.mark.parametrize("name", ["widgets", "flexAreas", "sample", "translations"])
@pytest.mark.parametrize("value", ["", 0, False, []])
def test_the_contents_objects_are_objects(name: str, value: Any) -> None:
    assert wrong_fields({"content": {name: value}}) == [f"content.{name}"]


def test_a_null_is_an_absent_field() -> None:
    nulls = dict.fromkeys(["from", "to", "content", "sendOnPublish", "publishDate", "subject"])
    head_of({"name": "a", **nulls})
    head_of({"name": "a", "content": {"trackOpens": None, "widgets": None}})


def wrong_fields(document: dict[str, Any]) -> list[str]:
    with pytest.raises(Rejected) as caught:
        head_of({"name": "a", **document})
    return [error.field for error in caught.value.errors]
