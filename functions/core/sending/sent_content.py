"""What was sent: the values from which the mails of a send were built. No body is stored: while the values are stored, each mail can be
built again, with the same octets but for its attachments and for the links that are made per mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core.sending.send import Send

STORED_BYTES_MAX = 16 * 1024  # compressed: a write is paid for by the KB, and larger values are rare


class SentAttachment(Struct, frozen=True):
    """An attachment without its content."""

    filename: str
    content_type: str
    size: int  # bytes


class SentContent(Struct, frozen=True, kw_only=True):
    """The mails to some recipients of one send, which one worker sent at one time."""

    send: Send  # without attachments
    numbers: tuple[int, ...]  # the recipients of these mails
    built_at: float  # the template's time, seconds since the epoch
    language: str  # of the email's languages, as the contact's properties chose it
    contact: Mapping[str, str]  # the properties that the template may have used
    site: Mapping[str, str] = field(default_factory=dict)  # the site settings, if the template prints any
    subscription_name: str = ""
    attachments: tuple[SentAttachment, ...] = ()
    web_versions: tuple[str, ...] = ()  # the hash of each mail's web version secret, in the order of `numbers`, or none


def of(
    send: Send,
    *,
    numbers: tuple[int, ...],
    built_at: float,
    language: str,
    contact: Mapping[str, str],
    web_versions: tuple[str, ...],
    site: Mapping[str, str] = MappingProxyType({}),
    subscription_name: str = "",
) -> SentContent:
    return SentContent(
        send=replace(send, attachments=(), attempts=0, waiting_since=0, stored=False),
        numbers=numbers,
        built_at=built_at,
        language=language,
        contact=contact,
        site=dict(site),
        subscription_name=subscription_name,
        attachments=tuple(SentAttachment(one.filename, one.content_type, one.size) for one in send.attachments),
        web_versions=web_versions if any(web_versions) else (),
    )
