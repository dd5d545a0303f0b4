from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.emails.email import Subcategory
from functions.core.emails.email_listing import Filter, TimeRange
from functions.core.errors import NotFound, Rejected
from functions.routes.emails.email_queries import email_id, id_of, list_query, version_read
from functions.routes.emails.email_views import email_view
from functions.routes.http.caller import ANYBODY
from functions.routes.http.dispatch import Request
from functions.steps.emails.read_emails import EmailWithDocument
from tests.support.examples import NOON_TEXT, an_email


def request(query: dict[str, str] | None = None, headers: dict[str, str] | None = None, path: str = "7") -> Request:
    return Request(
        caller=ANYBODY, path_parameters={"emailId": path}, query=query or {}, headers=headers or {}, body=b""
    )


def test_a_query_in_hubspots_dialect() -> None:
    """Booleans of Python's client, times of JavaScript's, lists joined as API Gateway joins them."""
    asked = list_query(
        request(
            {
                "archived": "True",
                "isPublished": "False",
                "type": "BATCH_EMAIL,SINGLE_SEND_API",
                "sort": "-name, createdAt",
                "createdAfter": "Fri Jan 02 2026 04:04:05 GMT+0100 (CET)",
                "after": "7",
                "limit": "5",
                "workflowNames": "true",
            }
        )
    )
    assert asked.wanted == Filter(
        archived=True,
        published=False,
        types=frozenset({"BATCH_EMAIL", "SINGLE_SEND_API"}),
        created=TimeRange(after="2026-01-02T03:04:05.000Z"),
    )
    assert (asked.sorts, asked.after, asked.limit) == (("-name", "createdAt"), 7, 5)


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
def test_any_query_is_read_or_each_fault_is_told(query: dict[str, str]) -> None:
    told = refused(query)
    assert told <= set(query)


def refused(query: dict[str, str]) -> set[str]:
    try:
        list_query(request(query))
    except Rejected as error:
        return {fault.field for fault in error.errors}
    return set()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (7, 7),
        ("7", 7),
        (2**62, 2**62),
        (True, None),
        (-7, None),
        (7.0, None),
        ("\u0667", None),
        ("", None),
        (None, None),
        ("9" * 20, None),
    ],
)
def test_ids_are_numbers_or_numeric_texts(given: Any, expected: int | None) -> None:
    assert id_of(given) == expected


def test_a_path_that_names_nothing() -> None:
    assert email_id(request()) == 7
    with pytest.raises(NotFound, match="no email 'x'"):
        email_id(request(path="x"))


@pytest.mark.parametrize(
    ("header", "given", "expected"),
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
def test_the_version_that_was_read(header: str | None, given: Any, expected: int | None) -> None:
    assert version_read(request(headers={"if-match": header} if header else {}), given) == expected


def test_a_view_has_what_hubspots_client_cannot_do_without() -> None:
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


def test_a_view_of_some_properties() -> None:
    shown = EmailWithDocument(an_email(), {"name": "Till", "content": {"html": "<p>"}, "mine": 1, "other": 2})
    slim = email_view(shown, ["mine"])
    assert (slim["content"], slim["mine"], slim["name"], "other" in slim) == ({}, 1, "Till", False)
    assert email_view(shown, ["content"])["content"] == {"html": "<p>"}
