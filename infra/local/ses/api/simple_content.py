"""Builds a MIME message from the API's `Simple` content, as SES does."""

import base64
import binascii
import mimetypes
import re
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP

from infra.local.ses.account import JSON
from infra.local.ses.errors import bad_request

OWN_HEADERS = {
    "bcc", "cc", "content-disposition", "content-type", "date", "from", "message-id", "mime-version", "reply-to",
    "return-path", "subject", "to",
}  # fmt: skip


MAX_HEADER_LENGTH = 996
CONTENT_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(;.*)?", re.ASCII)
ENCODINGS = {"BASE64": "base64", "QUOTED_PRINTABLE": "quoted-printable", "SEVEN_BIT": "7bit"}


def blob(text: str) -> bytes:
    """Decodes a blob member, which is base64 in requests."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise bad_request("Content is not valid base64.") from None


def mime_of(params: JSON) -> bytes:
    """Returns the message of a SendEmail call with `Content.Simple`."""
    try:
        return _message(params).as_bytes()
    except (ValueError, LookupError, MessageError) as error:
        raise bad_request(f"The message cannot be built: {error}") from error


def _message(params: JSON) -> EmailMessage:
    simple = params["Content"]["Simple"]
    message = EmailMessage(policy=SMTP)
    _address(message, params)
    message["Subject"] = simple["Subject"]["Data"]
    message["MIME-Version"] = "1.0"
    for header in simple.get("Headers", []):
        _add_header(message, header["Name"], header["Value"])
    _fill(message, simple["Body"])
    for attachment in simple.get("Attachments", []):
        _attach(message, attachment)
    return message


def _add_header(message: EmailMessage, name: str, value: str) -> None:
    if name.lower() in OWN_HEADERS:
        raise bad_request(f"Header {name!r} is set by SES and cannot be a custom header.")
    if len(name) + len(value) > MAX_HEADER_LENGTH:
        raise bad_request(f"The combined length of the header name and value must not exceed {MAX_HEADER_LENGTH}.")
    message[name] = value


def _address(message: EmailMessage, params: JSON) -> None:
    if not params.get("FromEmailAddress"):
        raise bad_request("FromEmailAddress is required for simple content.")
    message["From"] = params["FromEmailAddress"]
    destination = params.get("Destination", {})
    named = (
        ("To", destination.get("ToAddresses")),
        ("Cc", destination.get("CcAddresses")),
        ("Reply-To", params.get("ReplyToAddresses")),
    )
    for name, listed in named:
        if listed:
            message[name] = ", ".join(listed)


def _fill(message: EmailMessage, body: JSON) -> None:
    text, html = body.get("Text"), body.get("Html")
    if text:
        message.set_content(text["Data"], charset=text.get("Charset", "utf-8"))
    if html and text:
        message.add_alternative(html["Data"], subtype="html", charset=html.get("Charset", "utf-8"))
    elif html:
        message.set_content(html["Data"], subtype="html", charset=html.get("Charset", "utf-8"))
    elif not text:
        raise bad_request("Body needs Text or Html.")


def _attach(message: EmailMessage, attachment: JSON) -> None:
    """SES sends an attachment in 7 bits unless the caller sets an encoding. Base64 keeps its bytes, whatever they are."""
    name = attachment["FileName"]
    content_type = attachment.get("ContentType") or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if not CONTENT_TYPE.fullmatch(content_type):
        raise bad_request(f"Illegal content type '{content_type}'")
    main, _, sub = content_type.partition(";")[0].partition("/")
    content_id = attachment.get("ContentId")
    message.add_attachment(
        blob(attachment["RawContent"]),
        maintype=main,
        subtype=sub,
        cte=ENCODINGS[attachment.get("ContentTransferEncoding", "BASE64")],
        disposition=attachment.get("ContentDisposition", "ATTACHMENT").lower(),
        filename=name,
        cid=f"<{content_id.strip('<>')}>" if content_id else None,
    )
    if description := attachment.get("ContentDescription"):
        list(message.iter_attachments())[-1]["Content-Description"] = description
