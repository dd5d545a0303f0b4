"""Create uploads and resolve them: a file that is too large for a request is uploaded first, and the request names it.

If the uploaded file changes after the send is accepted, the send fails instead of sending other content.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.errors import FieldError, PermanentFailure, Rejected
from functions.core.outcomes import SendResult
from functions.core.sending.attachments import TOTAL_MAX, Attachment, Upload
from functions.core.sending.send import Send, SendRequest

if TYPE_CHECKING:
    from functions.ports import Clock, NewId
    from functions.ports.sending import Uploads

OFFER_SECONDS = 900  # the life of an upload URL
USABLE_SECONDS = 86400  # a send may name an upload for this long; the bucket keeps it until the send is long delivered


class PresignedUpload(Struct, frozen=True):
    upload_id: str
    url: str  # accepts one PUT, of exactly as many bytes as were announced
    expires_at: str  # of the URL


class CreateUpload(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    uploads: Uploads
    clock: Clock
    new_id: NewId

    def __call__(self, size: int, *, is_file: bool = False) -> PresignedUpload:
        """`is_file`: it is no attachment. Raises Rejected for more bytes than a mail can carry."""
        if size > TOTAL_MAX and not is_file:
            raise Rejected(
                [FieldError("size", f"is {size:,} bytes; a mail can carry {TOTAL_MAX:,} of attachments at most")]
            )
        upload_id, until = self.new_id(), self.clock() + OFFER_SECONDS
        return PresignedUpload(upload_id, self.uploads.presign(upload_id, size, OFFER_SECONDS), timestamps.iso(until))


def resolve_uploads(request: SendRequest, uploads: Uploads, now: float) -> SendRequest:
    """Returns the request with the size and version of each upload. Raises Rejected with every error."""
    if not any(attachment.upload for attachment in request.attachments):
        return request
    errors: list[FieldError] = []
    resolved: list[Attachment] = []
    for number, attachment in enumerate(request.attachments):
        upload = uploads.head(attachment.upload.id) if attachment.upload else None
        if attachment.upload and (message := _upload_error(upload, now)):
            errors.append(FieldError(f"message.attachments[{number}].uploadId", message))
        resolved.append(replace(attachment, upload=upload))
    total = sum(attachment.size for attachment in resolved)
    if total > TOTAL_MAX:
        errors.append(
            FieldError("message.attachments", f"have {total:,} bytes together; at most {TOTAL_MAX:,} are allowed")
        )
    if errors:
        raise Rejected(errors)
    return replace(request, attachments=tuple(resolved))


def _upload_error(upload: Upload | None, now: float) -> str:
    if upload is None:
        return "nothing was uploaded under this id: upload the file to its URL first"
    if timestamps.parse(upload.at) + USABLE_SECONDS < now:
        return f"was uploaded at {upload.at}, and can be sent for 24 hours: upload the file again"
    return ""


def with_content(send: Send, uploads: Uploads) -> Send:
    """Returns the send with the content of each upload; the queue holds it without. Raises PermanentFailure if an upload is gone or was
    overwritten after the send was accepted.
    """
    if not any(attachment.upload for attachment in send.attachments):
        return send
    return replace(send, attachments=tuple(_download(attachment, uploads) for attachment in send.attachments))


def _download(attachment: Attachment, uploads: Uploads) -> Attachment:
    if attachment.upload is None:
        return attachment
    try:
        octets = uploads.read(attachment.upload)
    except LookupError as error:
        reason = f"the upload of {attachment.filename} is gone, or was overwritten, since the send was accepted"
        raise PermanentFailure(SendResult.CORRUPT_INPUT, reason) from error
    return replace(attachment, content=base64.b64encode(octets).decode("ascii"))
