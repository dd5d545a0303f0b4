"""Reads a mail for display: addresses, texts and attachments from any bytes. A broken mail is shown as its source."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from html import unescape

from infra.local import mime

SNIPPET_LENGTH = 250
SNIPPET_SOURCE = 50_000
_CONTENT_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")
_HIDDEN = re.compile(r"(?is)<(style|script|title)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)")
_MARKUP = re.compile(r"<[^<>]*>")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NamedAddress:
    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True)
class AttachedPart:
    """A part that is not the mail's text. With a Content-ID, it may be an inline image of the HTML."""

    id: str
    file_name: str
    content_type: str
    content_id: str
    inline: bool
    content: bytes


@dataclass(frozen=True)
class Reading:
    headers: Sequence[tuple[str, str]] = ()
    message_id: str = ""
    sender: NamedAddress = NamedAddress("", "")
    to: Sequence[NamedAddress] = ()
    cc: Sequence[NamedAddress] = ()
    bcc: Sequence[NamedAddress] = ()
    reply_to: Sequence[NamedAddress] = ()
    return_path: str = ""
    subject: str = ""
    date: datetime | None = None
    text: str = ""
    html: str = ""
    parts: Sequence[AttachedPart] = ()
    error: str = ""
    """Why the mail could not be read, or empty."""

    @property
    def attachments(self) -> Sequence[AttachedPart]:
        return [part for part in self.parts if not part.inline]

    @property
    def inline(self) -> Sequence[AttachedPart]:
        return [part for part in self.parts if part.inline]

    @property
    def snippet(self) -> str:
        """The first words of the mail, for lists."""
        return " ".join((self.text[:SNIPPET_SOURCE] or plain(self.html[:SNIPPET_SOURCE])).split())[:SNIPPET_LENGTH]

    def part(self, part_id: str) -> AttachedPart | None:
        return next((part for part in self.parts if part.id == part_id), None)


def read(raw: bytes) -> Reading:
    """Never raises. An unreadable mail is a `Reading` with its `error`, and its source as text."""
    try:
        return _read(raw)
    except Exception as error:  # one mail is the record boundary, and its bytes may be anything
        log.info("A mail cannot be read", exc_info=True)
        return Reading(subject="(unreadable mail)", text=raw.decode("utf-8", "replace"), error=repr(error))


def plain(html: str) -> str:
    """Returns HTML without its markup, for snippets and searches; not for display as HTML."""
    return unescape(_MARKUP.sub(" ", _HIDDEN.sub(" ", html)))


def _read(raw: bytes) -> Reading:
    message = message_from_bytes(mime.split(raw)[0])
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    parts = []
    for number, leaf in enumerate(mime.leaves(raw), start=1):
        headers = leaf.headers
        content_type = headers.get_content_type()
        if content_type in texts and headers.get_content_disposition() != "attachment" and not headers.get_filename():
            texts[content_type].append(_text(leaf))
        else:
            parts.append(_attachment(leaf, str(number)))
    senders = _addresses(message, "From")
    return Reading(
        headers=[(name, _header(value)) for name, value in message.raw_items()],
        message_id=_first(message, "Message-ID").strip("<> "),
        sender=senders[0] if senders else NamedAddress("", ""),
        to=_addresses(message, "To"),
        cc=_addresses(message, "Cc"),
        bcc=_addresses(message, "Bcc"),
        reply_to=_addresses(message, "Reply-To"),
        return_path=_first(message, "Return-Path").strip("<> "),
        subject=_first(message, "Subject"),
        date=_date(message),
        text="\n".join(texts["text/plain"]),
        html="\n".join(texts["text/html"]),
        parts=parts,
    )


def _text(leaf: mime.Part) -> str:
    try:
        return leaf.content.decode(leaf.charset, "replace")
    except LookupError:
        return leaf.content.decode("utf-8", "replace")


def _attachment(leaf: mime.Part, part_id: str) -> AttachedPart:
    headers = leaf.headers
    content_id = _first(headers, "Content-ID").strip("<> ")
    content_type = headers.get_content_type()
    disposition = headers.get_content_disposition()
    return AttachedPart(
        id=part_id,
        file_name=_file_name(headers),
        content_type=content_type if _CONTENT_TYPE.fullmatch(content_type) else "application/octet-stream",
        content_id=content_id,
        inline=disposition == "inline" or (bool(content_id) and not disposition),
        content=leaf.content,
    )


def _file_name(headers: Message) -> str:
    """Reads it from decoded headers: `get_filename` would lose the bytes of an eight-bit one."""
    decoded = Message()
    for name in ("Content-Disposition", "Content-Type"):
        for value in _all(headers, name):
            decoded[name] = _utf8(value)
    return _header(decoded.get_filename() or "")


def _all(message: Message, name: str) -> list[str]:
    """Returns the raw values: `get` would lose the bytes of eight-bit ones."""
    return [str(value) for field, value in message.raw_items() if field.lower() == name.lower()]


def _first(message: Message, name: str) -> str:
    return _header(next(iter(_all(message, name)), ""))


def _header(raw: str) -> str:
    """Returns one line of readable text from a raw value. Broken encoded words stay as they are."""
    return " ".join(mime.decoded_header(_utf8(raw)).split())


def _utf8(raw: str) -> str:
    """Decodes an eight-bit header value, which is escaped bytes, as UTF-8."""
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _addresses(message: Message, name: str) -> list[NamedAddress]:
    addresses = getaddresses([_utf8(value) for value in _all(message, name)])
    return [NamedAddress(_header(name), address) for name, address in addresses if address]


def _date(message: Message) -> datetime | None:
    try:
        date = parsedate_to_datetime(_first(message, "Date"))
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
