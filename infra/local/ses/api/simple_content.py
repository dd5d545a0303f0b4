"""Builds a MIME message from the API's `Simple` content, as SES does."""

import base64
import binascii
import mimetypes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP

from infra.local.ses.account import JSON
from infra.local.ses.errors import bad_request

OWN_HEADERS = {
    "bcc", "cc", "content-disposition", "content-type", "date", "from", "message-id", "mime-version", "reply-to",
    "return-path", "subject", "to",
}  # fmt: skip


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
    for header in simple.get("Headers", []):
        if header["Name"].lower() in OWN_HEADERS:
            raise bad_request(f"Header {header['Name']!r} is set by SES and cannot be a custom header.")
        message[header["Name"]] = header["Value"]
    _fill(message, simple["Body"])
    for attachment in simple.get("Attachments", []):
        _attach(message, attachment)
    return message


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
    name = attachment["FileName"]
    content_type = attachment.get("ContentType") or mimetypes.guess_type(name)[0] or "application/octet-stream"
    main, _, sub = content_type.partition(";")[0].strip().partition("/")
    content_id = attachment.get("ContentId")
    message.add_attachment(
        blob(attachment["RawContent"]),
        maintype=main,
        subtype=sub or "octet-stream",
        disposition=attachment.get("ContentDisposition", "ATTACHMENT").lower(),
        filename=name,
        cid=f"<{content_id.strip('<>')}>" if content_id else None,
    )
