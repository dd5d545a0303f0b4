"""Mailpit's search language."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.mailbox import Mailbox
from infra.local.mailbox.search import parse


@pytest.fixture(autouse=True)
def _three_mails(mailbox: Mailbox) -> None:
    receipt = message("Your receipt", "Total 42 EUR", To="Ada Lovelace <ada@customer.test>", Cc="boss@customer.test")
    receipt.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="receipt.pdf")
    reset = message("Reset your password", "Click here", To="bob@customer.test", From="Security <security@example.com>")
    offer = message("Spring", "", To="list@customer.test", Message_ID="<offer-1@example.com>")
    offer.add_alternative("<style>hidden</style><p>Half&nbsp;price", subtype="html")
    mailbox.deliver("x@example.com", ["ada@customer.test"], receipt.as_bytes(), ["order=7"])
    mailbox.deliver("x@example.com", ["bob@customer.test"], reset.as_bytes())
    mailbox.deliver("x@example.com", ["blind@customer.test"], offer.as_bytes())
    mailbox.mark(["m2"], is_read=True)


def message(subject: str, text: str, **headers: str) -> EmailMessage:
    built = EmailMessage()
    for name, value in ({"From": "Da Nino <orders@example.com>", "Subject": subject} | headers).items():
        built[name.replace("_", "-")] = value
    built.set_content(text)
    return built


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", "321"),
        ("your", "21"),
        ("RECEIPT", "1"),
        ("your receipt", "1"),
        ('"your receipt"', "1"),
        ('"receipt your"', ""),
        ('subject:"reset your"', "2"),
        ("subject:42", ""),
        ("from:nino", "31"),
        ("from:security@example.com", "2"),
        ('from:"da nino"', "31"),
        ("to:ada@customer.test", "1"),
        ('to:"Ada Lovelace"', "1"),
        ("cc:boss", "1"),
        ("bcc:blind", "3"),
        ("addressed:blind", "3"),
        ("message-id:offer-1", "3"),
        ("tag:order=7", "1"),
        ("tag:order", ""),
        ("is:tagged", "1"),
        ("is:read", "2"),
        ("is:unread", "31"),
        ("has:attachment", "1"),
        ("-has:attachment", "32"),
        ("!from:security your", "1"),
        ("-your", "3"),
        ("before:2026-11-24", "321"),
        ('after:"2026-11-23 15:40"', "32"),
        ("after:2026-11-24", ""),
        ("price", "3"),
        ("hidden", ""),
        ("http://x", ""),
        ("unknown:thing", ""),
        ('"unclosed', ""),
    ],
)
def test_queries(mailbox: Mailbox, query: str, ids: str) -> None:
    """All terms must match. Matches come newest first."""
    holds = parse(query)
    assert [mail.id for mail in mailbox.all() if holds(mail)] == [f"m{number}" for number in ids]


def test_an_invalid_date_is_an_error() -> None:
    """It does not silently match nothing."""
    with pytest.raises(ValueError, match="'tomorrow' is not a date"):
        parse("before:Tomorrow")


@given(st.text(alphabet='abc:"-! istoread\n', max_size=30))
def test_any_query_is_understood(query: str) -> None:
    """No query without a date is an error."""
    mailbox = Mailbox()
    mailbox.deliver("a", ["b"], b"Subject: abc\n\nabc")
    holds = parse(query)
    assert holds(mailbox.all()[0]) in (True, False)
