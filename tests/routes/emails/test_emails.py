from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.emails.email import Subcategory
from functions.core.emails.email_listing import Filter, TimeRange
from functions.core.errors import NotFound
from functions.core.models.format import whole_number
from functions.routes.emails.email_queries import email_filter, email_id
from functions.routes.emails.email_views import email_view
from functions.routes.emails.emails import _change
from functions.routes.emails.if_match import base_version
from functions.routes.emails.models import EmailChange, EmailListQuery
from functions.routes.http.models.reader import body_of, query_of
from functions.steps.emails.read_emails import EmailWithDocument
from functions.wiring import Container
from tests.support.examples import NOON_TEXT, an_email
from tests.support.http.api import call, errors_of, request


def test_a_list_query_is_read_in_hubspots_dialect() -> None:
    """Booleans of Python's client, times of JavaScript's, lists joined as API Gateway joins them."""
    query = query_of(
        request(
            query={
                "archived": "True",
                "isPublished": "False",
                "type": "BATCH_EMAIL,SINGLE_SEND_API",
                "sort": "-name, createdAt",
                "createdAfter": "Fri Jan 02 2026 04:04:05 GMT+0100 (CET)",
                "after": "7",
                "limit": "5",
                "workflowNames": "true",
            }
        ),
        EmailListQuery,
    )
    assert email_filter(query) == Filter(
        archived=True,
        published=False,
        types=frozenset({"BATCH_EMAIL", "SINGLE_SEND_API"}),
        created=TimeRange(after="2026-01-02T03:04:05.000Z"),
    )
    assert (query.sort, query.after, query.limit) == (["-name", "createdAt"], "7", 5)


NAMES = [
    "archived",
    "isPublished",
    "type",
    "sort",
    "createdAt",
    "updatedAfter",
    "publishedBefore",
    "after",
    "limit",
    "campaign",
]


@given(
    st.dictionaries(st.sampled_from(NAMES), st.text(max_size=30) | st.sampled_from(["true", "1", "-name", NOON_TEXT]))
)
def test_any_query_is_read_or_rejected(query: dict[str, str]) -> None:
    assert errors_of(lambda: query_of(request(query=query), EmailListQuery)).keys() <= query.keys()


@pytest.mark.parametrize("number", [7, "7", 7.0, 2**62, 0])
def test_a_number_is_read_from_text_too(number: Any) -> None:
    assert whole_number(number) == int(number)


@pytest.mark.parametrize("value", [True, -7, 7.5, "\u0667", "", "9" * 20, 2**63])
def test_other_values_are_no_version(value: Any) -> None:
    assert errors_of(lambda: body_of(request({"version": value}), EmailChange)) == {"version": "INVALID_VALUE"}


def test_a_path_without_a_number_is_not_found() -> None:
    assert email_id(request(path_parameters={"emailId": "7"})) == 7
    with pytest.raises(NotFound, match="no email 'x'"):
        email_id(request(path_parameters={"emailId": "x"}))


@pytest.mark.parametrize(
    ("header", "version", "expected"),
    [
        (None, None, None),
        ("*", None, None),
        ('"3"', None, 3),
        ('W/"3"', None, 3),
        ("3", None, 3),
        ('"3"', 4, 4),
        (None, "5", 5),
    ],
)
def test_the_base_version_is_the_bodys_or_the_headers(header: str | None, version: Any, expected: int | None) -> None:
    headers = {"if-match": header} if header else {}
    document, change = _change(request({"name": "Till", "version": version}, headers=headers))
    assert (document, change.version) == ({"name": "Till"}, expected)


def test_errors_of_version_and_archived_are_reported_together() -> None:
    body = {"version": "x", "archived": "yes"}
    assert errors_of(lambda: _change(request(body, headers={"if-match": "y"}))).keys() == {
        "version",
        "archived",
        "If-Match",
    }
    assert errors_of(lambda: base_version(request(headers={"if-match": "y"}))).keys() == {"If-Match"}


def test_a_view_has_the_fields_that_hubspots_client_requires() -> None:
    email = an_email(id=7, subcategory=Subcategory.SMTP_TOKEN, version=3, created_at=NOON_TEXT)
    view = email_view(EmailWithDocument(email, {"name": "Till", "mine": 1, "id": "forged"}))
    assert {
        name: view[name] for name in ("id", "subject", "content", "from", "to", "sendOnPublish", "type", "mine")
    } == {
        "id": "7",
        "subject": "",
        "content": {},
        "from": {},
        "to": {},
        "sendOnPublish": False,
        "type": "SMTP_TOKEN",
        "mine": 1,
    }
    assert "updatedAt" not in view


def test_a_view_can_have_selected_properties() -> None:
    email = EmailWithDocument(an_email(), {"name": "Till", "content": {"html": "<p>"}, "mine": 1, "other": 2})
    slim = email_view(email, ["mine"])
    assert (slim["content"], slim["mine"], slim["name"], "other" in slim) == ({}, 1, "Till", False)
    assert email_view(email, ["content"])["content"] == {"html": "<p>"}


def test_a_check_warns_of_unknown_fields(aws: Container) -> None:
    """A draft that cannot be published yet has warnings besides its errors."""
    status, email = call("POST", "/marketing/v3/emails", {"name": "a", "subjekt": "Hi"})
    assert status == 201
    check = call("GET", f"/staffetta/v1/emails/{email['id']}/check")[1]
    assert (check["publishable"], [warning["where"] for warning in check["warnings"]]) == (False, ["subjekt"])
    assert check["warnings"][0]["message"].endswith("did you mean subject?")
