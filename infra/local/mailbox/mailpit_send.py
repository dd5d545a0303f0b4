"""Mailpit's request to send a mail, as a mail in MIME."""

from __future__ import annotations

import mimetypes
from base64 import b64decode
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

import msgspec
from msgspec import Struct

OWN_HEADERS = {"to", "from", "cc", "bcc", "reply-to", "date", "subject", "content-type", "mime-version", "x-tags"}


class NamedEmail(Struct, rename="pascal"):
    email: str
    name: str = ""


class MailpitAttachment(
    Struct, rename={"content": "Content", "filename": "Filename", "type": "ContentType", "id": "ContentID"}
):
    content: str
    filename: str = ""
    type: str = ""
    id: str = ""


class MailpitMail(Struct, rename={"html": "HTML"}):
    sender: NamedEmail = msgspec.field(name="From")
    to: list[NamedEmail] = msgspec.field(name="To", default_factory=list)
    cc: list[NamedEmail] = msgspec.field(name="Cc", default_factory=list)
    bcc: list[str] = msgspec.field(name="Bcc", default_factory=list)
    reply_to: list[NamedEmail] = msgspec.field(name="ReplyTo", default_factory=list)
    subject: str = msgspec.field(name="Subject", default="")
    text: str = msgspec.field(name="Text", default="")
    html: str = ""
    headers: dict[str, str] = msgspec.field(name="Headers", default_factory=dict)
    tags: list[str] = msgspec.field(name="Tags", default_factory=list)
    attachments: list[MailpitAttachment] = msgspec.field(name="Attachments", default_factory=list)

    @property
    def recipients(self) -> list[str]:
        return [*(named.email for named in (*self.to, *self.cc)), *self.bcc]


def read(body: bytes) -> MailpitMail:
    """Raises ValueError."""
    return msgspec.json.decode(body, type=MailpitMail)


def build(request: MailpitMail) -> bytes:
    """Returns the mail. Raises ValueError with Mailpit's message."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(request.sender, "From")
    for header, addresses in (("To", request.to), ("Cc", request.cc), ("Reply-To", request.reply_to)):
        if addresses:
            message[header] = [_address(each, header) for each in addresses]
    for email in request.bcc:
        _address(NamedEmail(email), "Bcc")
    message["Subject"] = request.subject
    for name, value in request.headers.items():
        if name.lower() in OWN_HEADERS:
            raise ValueError(f'cannot overwrite header: "{name}"')
        message[name] = value
    message.set_content(request.text)
    if request.html:
        message.add_alternative(request.html, subtype="html")
    for attachment in request.attachments:
        _attach(message, attachment)
    return message.as_bytes()


def _address(named: NamedEmail, field: str) -> Address:
    try:
        address = Address(named.name, addr_spec=named.email)
    except (ValueError, IndexError, MessageError) as error:  # IndexError: the empty address; MessageError: Python 3.13
        raise ValueError(f"invalid {field} address: {named.email}") from error
    if not address.domain:
        raise ValueError(f"invalid {field} address: {named.email}")
    return address


def _attach(message: EmailMessage, attachment: MailpitAttachment) -> None:
    try:  # a browser's data URL has its type before the comma
        content = b64decode(attachment.content.rpartition(",")[2], validate=True)
    except ValueError as error:
        raise ValueError(f'error decoding base64 attachment "{attachment.filename}": {error}') from error
    kind = attachment.type or mimetypes.guess_type(attachment.filename)[0] or "application/octet-stream"
    main, _, sub = kind.partition("/")
    message.add_attachment(
        content,
        maintype=main,
        subtype=sub or "octet-stream",
        filename=attachment.filename,
        disposition="inline" if attachment.id else "attachment",
        cid=f"<{attachment.id}>" if attachment.id else None,
    )
