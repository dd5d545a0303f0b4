"""The headers of a mail that its history keeps: subject, From and Reply-To, as SES's events report them.

SES lists From and the subject among `commonHeaders`, and Reply-To only among all `headers`, which it may cut off. Mail of a sensitive
email comes without subject and headers (core.events.sensitive_events). Whatever has another form is left out, since an event without its
headers still counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from email.utils import getaddresses
from typing import Any

from functions.core.events.encoded_words import decoded
from functions.core.events.timeline import SEPARATOR, clipped

SUBJECT_BYTES_MAX = 150  # with it, a message that is sent and delivered still fits into the KB that a write is paid by


def of(mail: Mapping[str, Any]) -> dict[str, str]:
    common = mail.get("commonHeaders")
    common = common if isinstance(common, Mapping) else {}
    headers = {
        "subject": clipped(next(_texts(common.get("subject")), ""), SUBJECT_BYTES_MAX),
        "from": next(_texts(common.get("from")), ""),
        "replyTo": SEPARATOR.join(_mailboxes(_header(mail, "reply-to"))),
    }
    return {name: text for name, text in headers.items() if text}


def _texts(value: Any) -> Iterator[str]:
    """Yields the decoded texts of a header that SES reports as a text or a list of texts."""
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str) and text:
            yield _decoded(text)


def _header(mail: Mapping[str, Any], name: str) -> str:
    listed = mail.get("headers")
    for header in listed if isinstance(listed, list) else ():
        if isinstance(header, Mapping) and str(header.get("name")).lower() == name:
            return str(header.get("value") or "")
    return ""


def _mailboxes(text: str) -> list[str]:
    """Splits before decoding: a decoded name may have a comma."""
    named = ((_decoded(name), address) for name, address in getaddresses([text]) if address)
    return [f"{name} <{address}>" if name else address for name, address in named]


def _decoded(text: str) -> str:
    """Decodes encoded words (RFC 2047) and removes line ends."""
    return " ".join(decoded(text).split())
