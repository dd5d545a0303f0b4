"""Finds the parts of a MIME message in its bytes, so that one part can be replaced and every other byte stays."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message as Headers

MAX_DEPTH = 20
_ANY_NEWLINE = re.compile(rb"\r?\n")
_HEADER_END = re.compile(rb"\A\r?\n|\r?\n\r?\n")


@dataclass(frozen=True)
class Part:
    """A leaf of the MIME tree: its header, and where its encoded body stands in the message."""

    headers: Headers
    start: int
    end: int

    @property
    def is_html(self) -> bool:
        return self.headers.get_content_type() == "text/html" and self.headers.get_content_disposition() != "attachment"

    @property
    def encoding(self) -> str:
        return str(self.headers.get("Content-Transfer-Encoding", "7bit")).strip().lower()

    @property
    def charset(self) -> str:
        return str(self.headers.get_content_charset("utf-8"))


def leaves(raw: bytes, start: int = 0, end: int | None = None, depth: int = 0) -> Iterator[Part]:
    """Every part that holds content itself, in order. An attached message is one leaf: it is not ours to change."""
    end = len(raw) if end is None else end
    found = _HEADER_END.search(raw[start:end])
    body = start + found.end() if found else end
    headers = message_from_bytes(raw[start:body])
    boundary = headers.get_boundary() if headers.get_content_maintype() == "multipart" else None
    if not boundary or depth == MAX_DEPTH:
        yield Part(headers, body, end)
        return
    for first, last in _between(raw[body:end], boundary.encode("utf-8", "surrogateescape")):
        yield from leaves(raw, body + first, body + last, depth + 1)


def _between(body: bytes, boundary: bytes) -> Iterator[tuple[int, int]]:
    """The spans between delimiter lines; the newline before a delimiter belongs to the delimiter."""
    delimiter = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?:(?=\r?\n)|\Z)")
    opened: int | None = None
    for found in delimiter.finditer(body):
        if opened is not None:
            yield opened, max(opened, found.start())
        if found[1]:
            return
        line_end = body.find(b"\n", found.end())
        opened = line_end + 1 if line_end >= 0 else len(body)
    if opened is not None:
        yield opened, len(body)


def decode(body: bytes, encoding: str) -> bytes | None:
    """A part's content, or None when it cannot be decoded or its encoding is unknown."""
    match encoding:
        case "" | "7bit" | "8bit" | "binary":
            return body
        case "quoted-printable":
            return quopri.decodestring(body)
        case "base64":
            try:
                return base64.b64decode(body)
            except binascii.Error:
                return None
    return None


def encode(content: bytes, encoding: str, newline: bytes) -> bytes:
    """The opposite of `decode`, in lines of at most 76 octets where the encoding has lines of its own."""
    match encoding:
        case "quoted-printable":
            return _quoted_printable(content, newline)
        case "base64":
            return base64.encodebytes(content).replace(b"\n", newline)
    return content


def _quoted_printable(content: bytes, newline: bytes) -> bytes:
    """Line ends stay line ends if they are all alike; else they are encoded, so that each comes back as it was."""
    text = _ANY_NEWLINE.sub(newline, binascii.b2a_qp(content, istext=True))
    if quopri.decodestring(text) == content:
        return text
    return _ANY_NEWLINE.sub(newline, binascii.b2a_qp(content, istext=False))
