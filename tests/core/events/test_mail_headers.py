"""The headers that the history keeps of a mail, in every form that SES or a sender gives them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from functions.core.events import mail_headers
from tests.support.strategies import JSON


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        (
            {
                "commonHeaders": {"from": ["Acme <shop@example.com>"], "subject": "Order 42"},
                "headers": [{"name": "Reply-To", "value": "Help <help@example.com>, till@example.com"}],
            },
            {
                "from": "Acme <shop@example.com>",
                "subject": "Order 42",
                "replyTo": "Help <help@example.com>\ntill@example.com",
            },
        ),
        ({"commonHeaders": {"subject": "=?utf-8?q?Gr=C3=BC=C3=9Fe?="}}, {"subject": "Grüße"}),
        ({"commonHeaders": {"subject": "a\r\n b"}}, {"subject": "a b"}),
        ({"commonHeaders": {"subject": "=?klingon?q?x?="}}, {"subject": "=?klingon?q?x?="}),
        (
            {"headers": [{"name": "reply-to", "value": "=?utf-8?q?Weber=2C_B=C3=A4r?= <help@example.com>"}]},
            {"replyTo": "Weber, Bär <help@example.com>"},
        ),
        ({"commonHeaders": {"from": [], "subject": ""}, "headers": []}, {}),
        ({"commonHeaders": None, "headers": {"Reply-To": "x"}}, {}),
        ({}, {}),
    ],
)
def test_headers_are_decoded_texts(mail: dict[str, Any], expected: dict[str, str]) -> None:
    assert mail_headers.of(mail) == expected


@given(JSON, JSON)
def test_any_other_form_is_left_out(common: Any, headers: Any) -> None:
    for mail in (
        {"commonHeaders": common, "headers": headers},
        {"commonHeaders": {"from": common, "subject": headers}},
    ):
        assert all(isinstance(text, str) and text for text in mail_headers.of(mail).values())
