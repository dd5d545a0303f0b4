from __future__ import annotations

import base64
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP, default
from email.utils import getaddresses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.addresses import Address
from functions.core.sending import attachments
from functions.core.sending.attachments import Attachment
from functions.core.sending.mime import HeaderError, Mail, write
from tests.support.examples import NOON
from tests.support.strategies import EMAILS, NAMES

BOUNDARY = "=_0d2f0c5e-4a1c-5d6b-8a39-1f2e3d4c5b6a"
# What the renderer hands on: one line, single spaces, none at the ends.
SUBJECTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])).map(lambda text: " ".join(text.split()))
BODIES = st.text(st.characters(exclude_categories=["Cs"]))
ADDRESSES = st.builds(Address, EMAILS, NAMES)
SOME = st.lists(ADDRESSES, max_size=4).map(tuple)


def is_filename(text: str) -> bool:
    try:
        return attachments.filename(text) == text
    except ValueError:
        return False


def a_file(
    filename: str, content_type: str = "application/pdf", content: bytes = b"%PDF", inline: bool = False
) -> Attachment:
    return Attachment(
        filename=filename,
        content_type=content_type,
        content=base64.b64encode(content).decode(),
        content_id=f"{abs(hash((filename, content)))}@example.com" if inline else "",
    )


FILENAMES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=255).filter(
    is_filename
)
CONTENT_TYPES = st.sampled_from(
    ["application/pdf", "image/png", "text/csv", "text/calendar; method=REQUEST; charset=utf-8"]
)
FILES = st.lists(st.builds(a_file, FILENAMES, CONTENT_TYPES, st.binary(max_size=300), st.booleans()), max_size=5).map(
    tuple
)
TEXT_HEADERS = st.tuples(st.sampled_from(["X-Order", "X-" + "Long-Name" * 8, "Comments"]), SUBJECTS.filter(bool))


def a_mail(**changed: Any) -> Mail:
    fields: dict[str, Any] = {
        "sender": Address("shop@example.com", "Acme"),
        "to": (Address("ada@example.net"),),
        "subject": "Hello",
        "text": "Hi",
        "html": "<p>Hi</p>",
        "date": NOON,
        "boundary": BOUNDARY,
    }
    return Mail(**{**fields, **changed})


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def people(message: EmailMessage, name: str) -> list[tuple[str, str]]:
    """Decodes names with email.header: the newer parser keeps the space between two encoded words, against RFC 2047 section 6.2."""
    header = message[name]
    assert not header.defects
    raw = dict(message.raw_items())[name.title()].replace("\r\n", "")
    names = [str(make_header(decode_header(name))) for name, _email in getaddresses([raw])]
    return list(zip(names, [one.addr_spec for one in header.addresses], strict=True))


def lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(ADDRESSES, SOME.filter(bool), SOME, SOME, SUBJECTS, BODIES, BODIES)
def test_the_standard_librarys_parser_reads_the_mail_back(
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


def test_a_name_that_looks_encoded_reads_back_unchanged() -> None:
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


def test_the_date_is_the_mails_moment() -> None:
    assert read(write(a_mail()))["date"].datetime.timestamp() == NOON


@given(FILES, BODIES, BODIES)
def test_attachments_and_inline_images_are_read_back(files: tuple[Attachment, ...], text: str, html: str) -> None:
    """Every file under its name, with its type and its octets, where it belongs in the tree."""
    message = read(write(a_mail(attachments=files, text=text, html=html)))
    attached, inline = [one for one in files if not one.content_id], [one for one in files if one.content_id]
    body = check_frame(message, "multipart/mixed", attached)
    assert body.get_content_type() == "multipart/alternative"
    plain, rich, *calendars = body.iter_parts()
    invitations = [file for file in attached if is_invitation(file)]
    assert [part.get_payload(decode=True) for part in calendars] == [base64.b64decode(i.content) for i in invitations]
    page = check_frame(rich, "multipart/related", inline)
    assert (plain.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert (lines(plain.get_content()), lines(page.get_content())) == (lines(text), lines(html))


def is_invitation(file: Attachment) -> bool:
    return "method=" in file.content_type and not file.content_id


def check_frame(message: MIMEPart, kind: str, files: list[Attachment]) -> MIMEPart:
    """The first part of a frame that holds these files; there is no frame without files."""
    if not files:
        assert message.get_content_type() != kind
        return message
    assert message.get_content_type() == kind
    first, *parts = message.iter_parts()
    for part, file in zip(parts, files, strict=True):
        assert not part.defects
        assert part.get_filename() == part["content-disposition"].params["filename"] == file.filename
        assert part.get_payload(decode=True) == base64.b64decode(file.content)
        expected = "application/ics" if is_invitation(file) else file.content_type.partition(";")[0]
        assert part.get_content_type() == expected
        assert part["content-id"] == (f"<{file.content_id}>" if file.content_id else None)
        assert part.get_content_disposition() == ("inline" if file.content_id else "attachment")
    return first


@given(FILES, st.lists(TEXT_HEADERS, max_size=3, unique_by=lambda pair: pair[0]).map(tuple))
def test_lines_of_any_mail_are_short(files: tuple[Attachment, ...], headers: tuple[tuple[str, str], ...]) -> None:
    raw = write(a_mail(attachments=files, headers=headers))
    assert raw.replace(b"\r\n", b"").find(b"\n") == raw.replace(b"\r\n", b"").find(b"\r") == -1
    longest = max((len(word) for _, value in headers for word in value.split(" ") if value.isascii()), default=0)
    assert max(map(len, raw.split(b"\r\n"))) <= max(78, longest + 1) < 998
    assert raw.isascii()


@given(st.lists(TEXT_HEADERS, max_size=3, unique_by=lambda pair: pair[0]).map(tuple))
def test_added_headers_are_read_back(headers: tuple[tuple[str, str], ...]) -> None:
    """A long name has its value on the next line; the space that folds it there is no part of the value."""
    message = read(write(a_mail(headers=headers)))
    assert [(name, message[name].removeprefix(" ")) for name, _ in headers] == list(headers)


@pytest.mark.parametrize("value", ["=?utf-8?q?no?=", "a  b", " lead", "trail ", "x" * 900, '{"id": 42}', "é" * 300])
def test_an_odd_value_of_an_added_header_survives(value: str) -> None:
    assert read(write(a_mail(headers=(("X-Order", value),))))["x-order"] == value


def test_a_header_with_a_grammar_is_written_unchanged() -> None:
    """No encoded words, however long: a link must stay one."""
    link = f"<https://example.com/{'x' * 300}>, <mailto:leave@example.com?subject==?utf-8?q?x?=>"
    raw = write(a_mail(headers=(("List-Unsubscribe", link), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))))
    unfolded = raw.replace(b"\r\n ", b" ").decode()
    assert f"\r\nList-Unsubscribe: {link}\r\n" in unfolded
    assert read(raw)["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("name", "fallback"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("Résumé 2026.pdf", "Resume 2026.pdf"),
        ("報告.pdf", "__.pdf"),
        ('a "quoted" name.pdf', "a _quoted_ name.pdf"),
        ("x" * 250 + ".pdf", "x" * 52 + ".pdf"),
        ("=?utf-8?q?x?=.pdf", "=_utf-8_q_x_=.pdf"),
        (".hidden", ".hidden"),
        ("é", "e"),
    ],
)
def test_ascii_only_readers_get_a_name_too(name: str, fallback: str) -> None:
    message = read(write(a_mail(attachments=(a_file(name),))))
    (part,) = message.iter_attachments()
    assert (part["content-type"].params["name"], part.get_filename()) == (fallback, name)


CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Grüße\r\nEND:VCALENDAR\r\n"


@pytest.mark.parametrize(
    ("content_type", "method", "charset"),
    [
        ("text/calendar; method=REQUEST", "REQUEST", "utf-8"),
        ("text/calendar;method=CANCEL", "CANCEL", "utf-8"),
        ('TEXT/Calendar; charset=UTF-8; METHOD="REPLY"', "REPLY", "UTF-8"),
        ("text/calendar; component=VEVENT; method=PUBLISH; charset=us-ascii", "PUBLISH", "us-ascii"),
    ],
)
def test_an_invitation_is_an_alternative_and_a_file(content_type: str, method: str, charset: str) -> None:
    """As Google Calendar sends it: mail programs offer to accept the alternative, and others show the file."""
    file = a_file("invite.ics", content_type, CALENDAR.encode())
    message = read(write(a_mail(attachments=(file, a_file("agenda.pdf")))))
    assert message.get_content_type() == "multipart/mixed"
    body, *files = message.iter_parts()
    plain, rich, calendar = body.iter_parts()
    assert (plain.get_content_type(), rich.get_content_type()) == ("text/plain", "text/html")
    parameters = calendar["content-type"].params
    assert (calendar.get_content_type(), parameters["method"], parameters["charset"]) == (
        "text/calendar",
        method,
        charset,
    )
    assert (calendar.get_filename(), calendar.get_content_disposition()) == (None, None)
    assert calendar.get_payload(decode=True) == CALENDAR.encode()
    assert [(part.get_filename(), part.get_content_type()) for part in files] == [
        ("invite.ics", "application/ics"),
        ("agenda.pdf", "application/pdf"),
    ]
    assert files[0].get_payload(decode=True) == CALENDAR.encode()


@pytest.mark.parametrize(
    "content_type", ["text/calendar", "text/calendar; charset=utf-8", "text/calendar-x; method=a", "text/csv; method=a"]
)
def test_a_file_without_a_calendars_method_is_only_attached(content_type: str) -> None:
    message = read(write(a_mail(attachments=(a_file("events.ics", content_type),))))
    body, file = message.iter_parts()
    assert [part.get_content_type() for part in body.iter_parts()] == ["text/plain", "text/html"]
    assert file.get_content_type() == content_type.partition(";")[0]


@pytest.mark.parametrize("control", ["\r", "\n", "\r\n", "\x00", "\x1b"])
def test_files_and_added_headers_take_no_control_characters(control: str) -> None:
    """The edge refuses them first; the writer does not rely on it."""
    hostile = f"x{control}Bcc: eve@example.org"
    files = [
        Attachment(filename=hostile, content_type="a/b", content="", content_id=""),
        Attachment(filename="x", content_type=hostile, content="", content_id=""),
        Attachment(filename="x", content_type="a/b", content="", content_id=hostile),
    ]
    changes: list[dict[str, Any]] = [
        *({"attachments": (file,)} for file in files),
        {"headers": (("X-A", hostile),)},
        {"headers": ((hostile, "x"),)},
    ]
    for changed in changes:
        with pytest.raises(HeaderError, match="control character"):
            write(a_mail(**changed))
