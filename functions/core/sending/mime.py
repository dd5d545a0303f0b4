"""Our own MIME writer: the standard library's costs thirty times as much, and our mails have few fixed shapes. The tests prove that
the standard library's parser reads the same back.

    multipart/mixed              if it has attachments
    ├── multipart/alternative
    │   ├── text/plain
    │   ├── multipart/related    if it has inline images
    │   │   ├── text/html
    │   │   └── image/...
    │   └── text/calendar        if it has an invitation
    └── application/...

An invitation is a calendar file with a method. Mail programs offer to accept it if it is an alternative of the text, and some show it only
as a file. So it is both, as in Google Calendar's own mail.

Laws: no line is longer than 76 octets if RFC 5322 and 2047 allow a fold; no text of a caller can start a new header. There
is no Message-ID: SES replaces any.
"""

from __future__ import annotations

import base64
import re
import struct
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from email.utils import formatdate
from urllib.parse import quote

from msgspec import Struct

from functions.core.addresses import Address
from functions.core.sending import headers
from functions.core.sending.attachments import Attachment

LINE_MAX = 76  # characters of a header line; RFC 2047 allows 76, RFC 5322 recommends 78
_ROOMY_NAME = len(
    "Reply-To"
)  # a header's first token follows a name of at most this length on its line, else it has its own line
TOKEN_MAX = LINE_MAX - _ROOMY_NAME - len(": ")  # characters of a token on a header's first line
_ENCODED_BYTES_MAX = (
    39  # UTF-8 bytes in one encoded word: 52 characters of base64, 12 of frame, and room for `Reply-To: `
)
_PARAMETER_MAX = 56  # characters of one piece of a file name: ` filename*10*=utf-8''` and `;` come around it
_EXTENSION_MAX = 12

_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_PLAIN_NAME = re.compile(rf"[A-Za-z0-9!#$&'()+,.;=@^_`{{}}~ -]{{1,{_PARAMETER_MAX}}}")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_INVITATION = re.compile(r"text/calendar(?=;).*; ?method=", re.IGNORECASE)
_CHARSET = re.compile(r"; ?charset=", re.IGNORECASE)
_LINE = struct.Struct(f"{LINE_MAX}s")
_INVITATION_FILE = "application/ics"  # the copy for mail programs that do not show the alternative

Entity = list[bytes]  # a part's own headers, an empty line, its body: in pieces that are joined once


class HeaderError(ValueError):
    """A text with a line break or another control character was about to become a header."""


class Mail(Struct, frozen=True, kw_only=True):
    """The mail as the recipients see it. The headers are the same for each recipient of the send."""

    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str
    text: str
    html: str
    date: float  # seconds since the epoch
    boundary: str  # must not occur in base64, so it has a `_`
    headers: tuple[tuple[str, str], ...] = ()  # headers that core.sending.headers allows
    attachments: tuple[Attachment, ...] = ()


def write(mail: Mail) -> bytes:
    """Returns the mail as RFC 5322 octets with CRLF line ends. Raises HeaderError."""
    lines = [
        *_addresses("From", [mail.sender]),
        *_addresses("To", mail.to),
        *_addresses("Cc", mail.cc),
        *_addresses("Reply-To", mail.reply_to),
        *_folded("Subject", _words(mail.subject)),
        f"Date: {formatdate(mail.date)}",
        *(line for name, value in mail.headers for line in _added(name, value)),
        "MIME-Version: 1.0",
        "",
    ]
    return b"".join(("\r\n".join(lines).encode("ascii"), *_content(mail)))


def _content(mail: Mail) -> Entity:
    inline = [_file(attachment) for attachment in mail.attachments if attachment.content_id]
    attached = [_file(attachment) for attachment in mail.attachments if not attachment.content_id]
    html = _multipart('related; type="text/html"', f"{mail.boundary}.3", [_text("html", mail.html), *inline])
    invitations = [_invitation(file) for file in mail.attachments if _is_invitation(file)]
    both = _multipart("alternative", f"{mail.boundary}.2", [_text("plain", mail.text), html, *invitations])
    return _multipart("mixed", f"{mail.boundary}.1", [both, *attached])


def _multipart(kind: str, boundary: str, parts: Sequence[Entity]) -> Entity:
    """Returns a multipart entity. A single part needs none."""
    if len(parts) == 1:
        return parts[0]
    pieces = [f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n'.encode("ascii")]
    delimiter = f"\r\n--{boundary}\r\n".encode("ascii")
    for part in parts:
        pieces += [delimiter, *part]
    return [*pieces, f"\r\n--{boundary}--\r\n".encode("ascii")]


def _text(kind: str, body: str) -> Entity:
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    if "\r" in body:
        body = body.replace("\r\n", "\n").replace("\r", "\n")
    canonical = body.replace("\n", "\r\n")  # RFC 2045 section 6.8
    return [head.encode("ascii"), _wrapped(base64.b64encode(canonical.encode("utf-8", "replace")))]


def _is_invitation(file: Attachment) -> bool:
    return not file.content_id and bool(_INVITATION.match(file.content_type))


def _invitation(file: Attachment) -> Entity:
    """Returns the alternative part: no name and no disposition, or mail programs show it as a file."""
    charset = "" if _CHARSET.search(file.content_type) else ';\r\n charset="utf-8"'
    head = f"Content-Type: {file.content_type}{charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return [head.encode("ascii"), _wrapped(file.content.encode("ascii"))]


def _file(file: Attachment) -> Entity:
    for text in (file.filename, file.content_type, file.content_id):
        _refuse_control(text)
    lines = [
        f"Content-Type: {_INVITATION_FILE if _is_invitation(file) else file.content_type};",
        f" name={_quoted(_ascii_name(file.filename))}",  # for mail programs without RFC 2231
        "Content-Transfer-Encoding: base64",
        *([f"Content-ID: <{file.content_id}>"] if file.content_id else ()),
        f"Content-Disposition: {'inline' if file.content_id else 'attachment'};",
        ";\r\n".join(f" {parameter}" for parameter in _filename(file.filename)),
        "\r\n",
    ]
    return ["\r\n".join(lines).encode("ascii"), _wrapped(file.content.encode("ascii"))]


def _filename(name: str) -> list[str]:
    """Returns RFC 2231's parameters. A long name is in pieces, and no piece splits a character."""
    if _is_plain(name):
        return [f"filename={_quoted(name)}"]
    pieces = [""]
    for character in name:
        encoded = quote(character, safe="", errors="replace")
        if len(pieces[-1]) + len(encoded) > _PARAMETER_MAX - len("utf-8''"):
            pieces.append("")
        pieces[-1] += encoded
    pieces[0] = f"utf-8''{pieces[0]}"
    return (
        [f"filename*{number}*={piece}" for number, piece in enumerate(pieces)]
        if pieces[1:]
        else [f"filename*={pieces[0]}"]
    )


def _ascii_name(name: str) -> str:
    """Returns the nearest ASCII name that fits into a line."""
    if _is_plain(name):
        return name
    letters = (c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    near = "".join(c if c.isascii() and c.isprintable() and c not in '"/\\?' else "_" for c in letters)
    stem, dot, extension = near.rpartition(".")
    ending = (dot + extension)[: _EXTENSION_MAX + 1] if stem else ""
    return " ".join(f"{(stem or near)[: _PARAMETER_MAX - len(ending)]}{ending}".split())


def _is_plain(name: str) -> bool:
    return bool(_PLAIN_NAME.fullmatch(name)) and name == " ".join(name.split())


def _wrapped(octets: bytes) -> bytes:
    """An unpacker takes the whole lines off in two thirds of the time of slices."""
    whole = len(octets) // LINE_MAX * LINE_MAX
    lines = [line for (line,) in _LINE.iter_unpack(octets[:whole])]
    if whole < len(octets):
        lines.append(octets[whole:])
    return b"\r\n".join(lines) + b"\r\n"


def _added(name: str, value: str) -> list[str]:
    """Returns a caller's header, unchanged if possible: a machine may read it."""
    _refuse_control(name + value)
    tokens = value.split(" ")
    bare = not headers.is_text(name) or (value.isascii() and "=?" not in value and all(tokens))
    return _folded(name, tokens if bare else _encoded(value))


def _addresses(name: str, addresses: Iterable[Address]) -> list[str]:
    tokens: list[str] = []
    for address in addresses:
        if tokens:
            tokens[-1] += ","
        tokens += [*_phrase(address.name), f"<{address.email}>"] if address.name else [address.email]
    return _folded(name, tokens) if tokens else []


def _phrase(name: str) -> list[str]:
    """Returns a display name: plain if RFC 5322 allows it, quoted if it must be, encoded if it is not ASCII."""
    _refuse_control(name)
    if name.isascii() and "=?" not in name:
        if _ATOMS.fullmatch(name) and name == " ".join(name.split()) and max(map(len, name.split(" "))) <= TOKEN_MAX:
            return name.split(" ")
        quoted = _quoted(name)
        if len(quoted) <= TOKEN_MAX:
            return [quoted]
    return list(_encoded(name))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _words(text: str) -> list[str]:
    """Splits unstructured text into the pieces between which a header may be folded."""
    _refuse_control(text)
    pieces = text.split(" ")
    plain = text.isascii() and "=?" not in text and "\t" not in text and all(pieces)
    if plain and max(map(len, pieces)) <= TOKEN_MAX:
        return pieces
    return list(_encoded(text)) if text else []


def _encoded(text: str) -> Iterator[str]:
    """Yields RFC 2047 encoded words of at most 75 characters. No word splits a character. White space between two is not part of the text."""
    chunk = b""
    for character in text:
        octets = character.encode("utf-8", "replace")  # a lone surrogate has no UTF-8
        if len(chunk) + len(octets) > _ENCODED_BYTES_MAX:
            yield _word(chunk)
            chunk = b""
        chunk += octets
    yield _word(chunk)


def _word(octets: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(octets).decode('ascii')}?="


def _folded(name: str, tokens: Iterable[str]) -> list[str]:
    lines = [f"{name}:"]
    for token in tokens:
        follows_name = len(lines) == 1 and lines[0].endswith(":") and len(name) <= _ROOMY_NAME
        if len(lines[-1]) + 1 + len(token) > LINE_MAX and not follows_name:
            lines.append("")
        lines[-1] += f" {token}"
    return lines


def _refuse_control(text: str) -> None:
    if _CONTROL.search(text):
        raise HeaderError(f"{text!r} holds a line break or another control character, so it cannot be a header")
