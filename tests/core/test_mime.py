from __future__ import annotations

from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import getaddresses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.addresses import Address
from functions.core.mime import HeaderError, Mail, write
from tests.core.test_addresses import EMAILS, NAMES
from tests.examples import NOON

BOUNDARY = "=_0d2f0c5e-4a1c-5d6b-8a39-1f2e3d4c5b6a"
# What the renderer hands on: one line, single spaces, none at the ends.
SUBJECTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])).map(lambda text: " ".join(text.split()))
BODIES = st.text(st.characters(exclude_categories=["Cs"]))
ADDRESSES = st.builds(Address, EMAILS, NAMES)
SOME = st.lists(ADDRESSES, max_size=4).map(tuple)


def a_mail(**changed: Any) -> Mail:
    given: dict[str, Any] = {
        "sender": Address("shop@example.com", "Acme"),
        "to": (Address("ada@example.net"),),
        "subject": "Hello",
        "text": "Hi",
        "html": "<p>Hi</p>",
        "date": NOON,
        "boundary": BOUNDARY,
    }
    return Mail(**{**given, **changed})


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def people(message: EmailMessage, name: str) -> list[tuple[str, str]]:
    """Names by email.header: the newer parser keeps the space between two encoded words, which RFC 2047 section 6.2 tells it to drop."""
    header = message[name]
    assert not header.defects
    raw = dict(message.raw_items())[name.title()].replace("\r\n", "")
    names = [str(make_header(decode_header(found))) for found, _email in getaddresses([raw])]
    return list(zip(names, [one.addr_spec for one in header.addresses], strict=True))


def lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(ADDRESSES, SOME.filter(bool), SOME, SOME, SUBJECTS, BODIES, BODIES)
def test_the_standard_librarys_parser_reads_back_what_was_written(
    sender: Address,
    to: tuple[Address, ...],
    cc: tuple[Address, ...],
    reply_to: tuple[Address, ...],
    subject: str,
    text: str,
    html: str,
) -> None:
    message = read(write(a_mail(sender=sender, to=to, cc=cc, reply_to=reply_to, subject=subject, text=text, html=html)))
    assert message["subject"] == subject
    for name, expected in (("from", (sender,)), ("to", to), ("cc", cc), ("reply-to", reply_to)):
        assert (people(message, name) if expected else message[name]) == ([(a.name, a.email) for a in expected] or None)
    plain, rich = message.iter_parts()
    assert (plain.get_content_type(), rich.get_content_type()) == ("text/plain", "text/html")
    assert lines(plain.get_content()) == lines(text)
    assert lines(rich.get_content()) == lines(html)


@given(ADDRESSES, SOME, SUBJECTS, BODIES)
def test_lines_are_short_and_end_in_crlf(sender: Address, cc: tuple[Address, ...], subject: str, text: str) -> None:
    raw = write(a_mail(sender=sender, cc=cc, subject=subject, text=text))
    assert raw.endswith(b"\r\n")
    assert raw.replace(b"\r\n", b"").find(b"\n") == raw.replace(b"\r\n", b"").find(b"\r") == -1
    longest_address = max(len(address.email) for address in (sender, *cc))
    limit = max(78, longest_address + len("Reply-To: <>,"))  # an address cannot be folded
    assert max(map(len, raw.split(b"\r\n"))) <= limit < 998


@pytest.mark.parametrize("name", ["é" * 200, '"' * 66, "\\" * 60, "a" * 66, "b " * 33 + "c", "😀" * 50])
def test_long_names_are_folded(name: str) -> None:
    raw = write(a_mail(sender=Address("shop@example.com", name), reply_to=(Address("a@example.com", name),)))
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert people(read(raw), "reply-to") == [(name, "a@example.com")]


@pytest.mark.parametrize("subject", ["x" * 500, "é" * 500, "a  b", " lead", "trail ", "=?utf-8?q?no?=", "tab\tbed", ""])
def test_odd_subjects_survive(subject: str) -> None:
    assert read(write(a_mail(subject=subject)))["subject"] == subject


def test_a_name_that_looks_encoded_is_shown_as_it_was_given() -> None:
    name = "=?utf-8?q?Your_bank?="
    assert people(read(write(a_mail(sender=Address("shop@example.com", name)))), "from") == [(name, "shop@example.com")]


@pytest.mark.parametrize("control", ["\r", "\n", "\r\n", "\x00", "\x0b", "\x1b", "\x7f"])
def test_a_header_takes_no_control_characters(control: str) -> None:
    hostile = f"x{control}Bcc: eve@example.org"
    for changed in ({"subject": hostile}, {"sender": Address("a@example.com", hostile)}):
        with pytest.raises(HeaderError, match="control character"):
            write(a_mail(**changed))


def test_a_body_cannot_end_its_part() -> None:
    """Base64 holds no `_`, so the delimiter cannot occur in it."""
    body = f"before\r\n--{BOUNDARY}--\r\nafter"
    (plain, _rich) = read(write(a_mail(text=body))).iter_parts()
    assert lines(plain.get_content()) == lines(body)


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    """A template can make one from an escape; UTF-8 has no octets for it, and that must not stop a mail."""
    message = message_from_bytes(write(a_mail(subject="a\ud800b", text="c\ud800d")), policy=default)
    assert message["subject"] == "a?b"
    assert b"c?d" in message.get_payload(0).get_payload(decode=True)  # type: ignore[union-attr]  # multipart by construction


def test_bcc_is_never_written() -> None:
    assert b"bcc" not in write(a_mail()).lower()


def test_the_date_is_the_moment_given() -> None:
    assert read(write(a_mail()))["date"].datetime.timestamp() == NOON
