"""Reading mail: any bytes give a readable result."""

from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infra.local.mailbox.reading import plain, read
from tests.support.processor_time import within


def test_a_full_mail_is_read() -> None:
    """It has texts, people, pictures and files."""
    message = EmailMessage()
    message["From"] = "Nino Rossi <nino@example.com>"
    message["To"] = "Ada <ada@customer.test>, bob@customer.test"
    message["Subject"] = "Perché no?"
    message["Date"] = "Mon, 23 Nov 2026 15:38:00 +0100"
    message["Message-ID"] = "<1@example.com>"
    message.set_content("Ciao\n")
    message.add_alternative('<p>Ciao <img src="cid:logo">', subtype="html")
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)
    html.add_related(b"PNG", "image", "png", cid="<logo>", disposition="inline")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="ricevuta è.pdf")
    reading = read(message.as_bytes())
    assert reading.subject == "Perché no?"
    assert str(reading.sender) == "Nino Rossi <nino@example.com>"
    assert [address.address for address in reading.to] == ["ada@customer.test", "bob@customer.test"]
    assert reading.message_id == "1@example.com"
    assert reading.date
    assert reading.date.isoformat() == "2026-11-23T15:38:00+01:00"
    assert (reading.text, reading.html) == ("Ciao\n", '<p>Ciao <img src="cid:logo">\n')
    assert [(part.content_id, part.content) for part in reading.inline] == [("logo", b"PNG")]
    assert [(part.file_name, part.content) for part in reading.attachments] == [("ricevuta è.pdf", b"%PDF")]
    assert reading.snippet == "Ciao"


@pytest.mark.parametrize(
    ("raw", "subject", "text"),
    [
        (b"Subject: \xc3\xa8\n\n\xc3\xa8", "è", "è"),
        (b"Subject: =?utf-8?b?!!!?=\n\nx", "=?utf-8?b?!!!?=", "x"),
        (b"Subject: =?nope?q?x?=\n\nx", "=?nope?q?x?=", "x"),
        (b"Content-Type: text/plain; charset=nope\n\n\xc3\xa8", "", "è"),
        (b"Content-Type: text/plain; charset=utf-16\n\nxyz", "", "祸\ufffd"),
        (b"Content-Transfer-Encoding: base64\n\n!!", "", ""),
        (b"", "", ""),
        (b"no header at all", "", "no header at all"),
    ],
)
def test_broken_mail_is_read_as_far_as_it_goes(raw: bytes, subject: str, text: str) -> None:
    """Bad charsets and encodings show the readable part."""
    reading = read(raw)
    assert reading.subject == subject
    assert reading.text == text


@pytest.mark.parametrize(
    "header",
    [
        'Content-Disposition: attachment; filename="ricevuta è.csv"',
        'Content-Type: text/csv; name="ricevuta è.csv"',
        "Content-Disposition: attachment; filename*=utf-8''ricevuta%20%C3%A8.csv",
        'Content-Disposition: attachment; filename="=?utf-8?q?ricevuta_=C3=A8=2Ecsv?="',
    ],
)
def test_a_file_name_is_read_however_written(header: str) -> None:
    (part,) = read(f"{header}\n\na,b\n".encode()).attachments
    assert part.file_name == "ricevuta è.csv"


def test_an_attached_message_is_one_attachment() -> None:
    """A forwarded mail is not split into parts."""
    inner = EmailMessage()
    inner["Subject"] = "inner"
    inner.set_content("inner text")
    outer = EmailMessage()
    outer["Subject"] = "outer"
    outer.set_content("outer text")
    outer.add_attachment(inner)
    reading = read(outer.as_bytes())
    assert reading.text.strip() == "outer text"
    assert [part.content_type for part in reading.attachments] == ["message/rfc822"]
    assert b"inner text" in reading.attachments[0].content


def test_an_attached_message_keeps_its_bytes() -> None:
    inner = b"Subject: =?utf-8?q?a?=\r\nX:  folded\r\n\tline \r\n\r\n\xff\n"
    raw = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n" + inner
    (attachment,) = read(raw + b"\r\n--x--\r\n").attachments
    assert attachment.content == inner


FRAGMENTS = st.sampled_from(
    [
        b"Subject: ", b"From: ", b"To: a@b.test,", b"Date: ", b"Content-Type: ", b"multipart/mixed; boundary=x", b"text/html",
        b"; charset=", b"utf-7", b"idna", b"undefined", b"--x", b"--x--", b"\r\n", b"\n", b"\r\n\r\n", b"=?utf-8?q?=FF?=",
        b"Content-Disposition: attachment; filename*=", b"utf-9''%ff", b"message/rfc822", b"message/external-body",
        b"Content-Transfer-Encoding: base64\r\n", b"uuencode", b"\xff\xfe\x00", b"Message-ID: <[>", b"a" * 80, b" ", b'"', b"(",
    ]
)  # fmt: skip


@given(st.one_of(st.binary(max_size=200), st.lists(FRAGMENTS, max_size=25).map(b"".join)))
@example(b"Content-Type: text/plain; charset=undefined\n\nx")
@example(b"Content-Type: text/plain; charset=idna\n\n\xff")
@example(b"Content-Disposition: attachment; filename*=utf-9''%ff\n\nx")
@example(b"Content-Type: multipart/mixed\n\nx")
@example(b"Content-Transfer-Encoding: uuencode\n\nbegin x\n\xff\nend")
@example(b"Content-Type: message/external-body\n\nContent-Type: text/plain\n\nx")
def test_any_bytes_are_read(raw: bytes) -> None:
    """Nothing raises, and everything that a page shows can be encoded."""
    reading = read(raw)
    for text in (
        reading.subject,
        reading.text,
        reading.html,
        reading.snippet,
        *(str(address) for address in reading.to),
    ):
        text.encode()
    for name, value in reading.headers:
        (name + value).encode()


@pytest.mark.parametrize("piece", ["<", "<!--", "<style>", "<p", "&", "</style"])
def test_hostile_html_has_a_snippet_in_linear_time(piece: str) -> None:
    """The list shows snippets, so a mail of unclosed tags must not block it."""
    raw = b"Content-Type: text/html\n\n" + piece.encode() * (1_000_000 // len(piece))
    with within(3):
        reading = read(raw)
        assert len(reading.snippet) <= 250
        plain(reading.html)
