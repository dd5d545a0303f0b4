"""Reads a MIME message from its bytes: each part has the position of its body, so one can be replaced and every other byte stays.

No library serves: Python's email package, which reads the headers here, and mail-parser on top of it return a part's content without its
position; flanker, which does not change other parts, was last released in 2019.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from functools import lru_cache

MAX_DEPTH = 20
LINE = 76  # octets
FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*(?:\r?\n|\Z)")
_NEWLINE = re.compile(rb"\r?\n")
_DELIMITER_END = re.compile(rb"(--)?[ \t]*(?:(?=\r?\n)|\Z)")


@dataclass(frozen=True)
class Part:
    """A leaf of the MIME tree: its headers, and the position of its encoded body in the message."""

    headers: Message
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

    @property
    def content(self) -> bytes:
        """The decoded body, as far as it can be decoded. The function `decode` is strict."""
        content = self.headers.get_payload(decode=True)
        return content if isinstance(content, bytes) else b""


def split(raw: bytes) -> tuple[bytes, bytes]:
    """Returns header and body of any bytes: the header ends at an empty line, or at the first line that is no field."""
    end = 0
    while match := FIELD.match(raw, end):
        end = match.end()
    empty_line = _NEWLINE.match(raw, end)
    return raw[:end], raw[empty_line.end() if empty_line else end :]


def leaves(raw: bytes, start: int = 0, end: int | None = None, depth: int = 0) -> Iterator[Part]:
    """Yields every part that has content itself, in order. An attached message is one leaf: it is never changed."""
    end = len(raw) if end is None else end
    header, body = split(raw[start:end])
    headers = message_from_bytes(header)
    begin = end - len(body)
    boundary = headers.get_boundary() if headers.get_content_maintype() == "multipart" else None
    inner = list(_between(body, boundary)) if boundary and depth < MAX_DEPTH else []
    for first, last in inner:
        yield from leaves(raw, begin + first, begin + last, depth + 1)
    if not inner:
        headers.set_payload(body.decode("ascii", "surrogateescape"))
        yield Part(headers, begin, end)


@lru_cache(maxsize=2)
def parts(raw: bytes) -> tuple[Part, ...]:
    """Returns the leaves of a message. SES checks a message and tracks its links one after the other, in one thread."""
    return tuple(leaves(raw))


def _between(body: bytes, boundary: str) -> Iterator[tuple[int, int]]:
    """Yields the spans between delimiter lines. The newline before a delimiter belongs to the delimiter."""
    opened: int | None = None
    for start, end, is_last in _delimiters(body, b"--" + boundary.encode("utf-8", "surrogateescape")):
        if opened is not None:
            yield opened, max(opened, start)
        if is_last:
            return
        line_end = body.find(b"\n", end)
        opened = line_end + 1 if line_end >= 0 else len(body)
    if opened is not None:
        yield opened, len(body)


def _delimiters(body: bytes, line: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yields start and end of each delimiter line, and whether it is the last. A search for the line costs less than one for line ends."""
    at = body.find(line)
    while at >= 0:
        match = _DELIMITER_END.match(body, at + len(line)) if at == 0 or body[at - 1 : at] == b"\n" else None
        if match:
            newline = 0 if at == 0 else 2 if body[at - 2 : at] == b"\r\n" else 1
            yield at - newline, match.end(), match[1] is not None
        at = body.find(line, match.end() if match else at + 1)


def decode(body: bytes, encoding: str) -> bytes | None:
    """Returns a part's content, or None if it cannot be decoded or its encoding is unknown."""
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
    """Reverses `decode`. The lines have at most 76 octets if the encoding breaks lines."""
    match encoding:
        case "quoted-printable":
            return _quoted_printable(content, newline)
        case "base64":
            text = base64.b64encode(content)
            return b"".join(text[start : start + LINE] + newline for start in range(0, len(text), LINE))
    return content


def _quoted_printable(content: bytes, newline: bytes) -> bytes:
    """Encodes content. Line ends stay line ends if they are all alike. Otherwise they are encoded, so that decoding restores them."""
    text = _NEWLINE.sub(newline, binascii.b2a_qp(content, istext=True))
    if quopri.decodestring(text) == content:
        return text
    return _NEWLINE.sub(newline, binascii.b2a_qp(content, istext=False))


def decoded_header(value: str) -> str:
    """Returns a header value with its encoded words decoded, or unchanged if they are broken."""
    try:
        return str(make_header(decode_header(value))) or value
    except (ValueError, LookupError):
        return value
