from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.addresses import Address
from functions.core.sending import headers, tags
from functions.core.sending.mime import Mail, write
from tests.support.examples import NOON

FORBIDDEN = """From To Cc Bcc Subject Date Sender Reply-To Return-Path Received DKIM-Signature Message-ID MIME-Version Content-Type
    content-id Content-Transfer-Encoding Resent-From X-SES-CONFIGURATION-SET x-ses-message-tags Feedback-ID Authentication-Results
    ARC-Seal Disposition-Notification-To Errors-To Delivered-To Bounces-To Apparently-To DomainKey-Signature"""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Order", "42"),
        ("x-campaign", "Früh­ling"),
        ("List-Unsubscribe", "<https://example.com/u?a=b>, <mailto:leave@example.com>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("List-Id", "News <news.example.com>"),
        ("References", "<a@example.com> <b@example.com>"),
        ("In-Reply-To", "<a@example.com>"),
        ("Importance", "High"),
        ("Auto-Submitted", "no"),
        ("Comments", "as you wished"),
        ("X-Entity-Ref-ID", "order-42"),
    ],
)
def test_headers_about_the_content_are_allowed(name: str, value: str) -> None:
    headers.check(name, value)


@pytest.mark.parametrize(
    "name",
    FORBIDDEN.split(),
)
def test_headers_about_sender_recipient_and_encoding_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be set|is not a header that a caller may set"):
        headers.check(name, "x")


@pytest.mark.parametrize(
    "name", ["", "X Order", "X-Order:", "X-Ördér", "X-Order\r\nBcc", "X-" + "a" * 125, "X_Order", "Y-Order"]
)
def test_a_name_is_letters_digits_and_hyphens(name: str) -> None:
    with pytest.raises(ValueError, match="is not a header that a caller may set"):
        headers.check(name, "x")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Order", ""),
        ("X-Order", "  "),
        ("X-Order", "x" * 990),
        ("X-Order", "a\r\nBcc: eve@example.org"),
        ("X-Order", "a\nb"),
        ("X-Order", "a\x00b"),
        ("X-Order", "a\x85b"),
        ("List-Unsubscribe", "https://example.com/u"),
        ("List-Unsubscribe", "<javascript:alert(1)>"),
        ("List-Unsubscribe", "<https://exämple.com>"),
        ("List-Unsubscribe-Post", "yes"),
        ("References", "a@example.com"),
        ("Importance", "very"),
        ("Precedence", "first-class"),
    ],
)
def test_a_value_outside_its_headers_grammar_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="must"):
        headers.check(name, value)


@given(st.text(max_size=40), st.text(max_size=80))
def test_an_allowed_header_becomes_exactly_one_header(name: str, value: str) -> None:
    name = f"X-{name}"
    try:
        headers.check(name, value)
    except ValueError:
        return
    mail = Mail(
        sender=Address("a@example.com"),
        to=(Address("b@example.com"),),
        subject="",
        text="",
        html="",
        date=NOON,
        boundary="=_b",
        headers=((name, value),),
    )
    head = write(mail).partition(b"\r\n\r\n")[0]
    added = [
        line for line in head.split(b"\r\n") if not line.startswith((b" ", b"From:", b"To:", b"Subject:", b"Date:"))
    ]
    assert added[0].startswith(f"{name}:".encode())
    assert added[1:] == [b"MIME-Version: 1.0", b"Content-Type: multipart/alternative;"]


@pytest.mark.parametrize(("name", "value"), [("campaign", "spring_26"), ("a-b", "1"), ("x" * 256, "y" * 256)])
def test_a_tag_is_valid_as_for_ses(name: str, value: str) -> None:
    tags.check(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("", "x"),
        ("a b", "x"),
        ("ses:feedback-id-a", "x"),
        ("é", "x"),
        ("x" * 257, "x"),
        ("staffetta_send", "x"),
        ("Staffetta_Recipient", "x"),
        ("a", ""),
        ("a", "b c"),
        ("a", "y" * 257),
        ("a\n", "b"),
        ("a", "b\n"),
    ],
)
def test_an_invalid_or_reserved_tag_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="must"):
        tags.check(name, value)
