"""The reader of MIME: the position of each part in the bytes, and its content."""

from __future__ import annotations

import re
from email import message_from_bytes

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infra.local import mime


@given(st.binary(max_size=300), st.sampled_from(["quoted-printable", "base64", "8bit"]))
@example(b"a\r\nb\nc\rd \r\n\t\n=", "quoted-printable")
@example(b".\r\n" + b"x" * 200 + b" \n", "quoted-printable")
def test_transfer_encodings_give_the_content_back(content: bytes, encoding: str) -> None:
    """This covers any bytes, with mixed line ends."""
    encoded = mime.encode(content, encoding, b"\r\n")
    assert mime.decode(encoded, encoding) == content
    if encoding != "8bit":
        assert max(map(len, re.split(rb"\r?\n", encoded))) <= 76


@given(st.binary(max_size=400))
@example(b"From: a\r\n")
@example(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\na\r\n--x\r\n--x--")
@example(b"Content-Type: multipart/mixed; boundary=\xff\r\n\r\n--\xff\r\n\r\na")
def test_any_bytes_have_parts_inside_them(raw: bytes) -> None:
    """The search for parts never fails, and its parts never overlap."""
    position = 0
    for part in mime.leaves(raw):
        assert position <= part.start <= part.end <= len(raw)
        position = part.end


@given(
    st.lists(
        st.sampled_from([b"--x", b"--x--", b"\r\n", b"\n", b"a", b"Content-Type: text/html", b"\r\n\r\n"]), max_size=20
    )
)
def test_parts_match_those_of_the_email_package(lines: list[bytes]) -> None:
    """For any sequence of delimiters the HTML parts are the same as Python's, except for final line ends."""
    raw = b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n' + b"".join(lines)
    expected = [
        str(part.get_payload()).strip("\r\n").replace("\r\n", "\n")
        for part in message_from_bytes(raw).walk()
        if part.get_content_type() == "text/html"
    ]
    bodies = [
        raw[part.start : part.end].decode().strip("\r\n").replace("\r\n", "\n")
        for part in mime.leaves(raw)
        if part.is_html
    ]
    assert bodies == expected


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"A: b\r\n\r\nbody", b"body"),
        (b"\n\nbody", b"\nbody"),
        (b"A: b\nno field\n\nmore", b"no field\n\nmore"),
        (b"no header", b"no header"),
        (b"A: b", b""),
        (b"Content-Type: text/html; charset=utf-8\n\n\xc3\xa8", b"\xc3\xa8"),
        (b"Content-Type: multipart/mixed; boundary=x\n\n--x--\n", b"--x--\n"),
    ],
)
def test_headers_end_at_the_first_line_that_is_no_field(raw: bytes, body: bytes) -> None:
    (part,) = mime.leaves(raw)
    assert raw[part.start : part.end] == body


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=?utf-8?q?Perch=C3=A9?= no", "Perché no"),
        ("=?utf-8?b?!!!?=", "=?utf-8?b?!!!?="),
        ("=?nope?q?x?=", "=?nope?q?x?="),
    ],
)
def test_broken_encoded_words_stay_as_they_are(value: str, expected: str) -> None:
    assert mime.decoded_header(value) == expected
