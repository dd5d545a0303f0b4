"""Upload: a file that is too large for a request goes into the bucket before it, and the request names it.

Accept finds out which octets lie there, and deliver takes these and no others: what is sent is what was accepted.
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

OFFER_SECONDS = 900  # that a URL takes a file for
USABLE_SECONDS = (
    86400  # that a send may name it for; the bucket keeps it until the latest of those sends is long delivered
)


class PresignedUpload(Struct, frozen=True):
    upload_id: str
    url: str  # takes one PUT, of exactly as many bytes as were announced
    expires_at: str  # ... until then


class CreateUpload(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    uploads: Uploads
    clock: Clock
    new_id: NewId

    def __call__(self, size: int) -> PresignedUpload:
        """Raises Rejected for more bytes than a mail can carry."""
        if size > TOTAL_MAX:
            raise Rejected(
                [FieldError("size", f"is {size:,} bytes; a mail can carry {TOTAL_MAX:,} of attachments at most")]
            )
        upload_id, until = self.new_id(), self.clock() + OFFER_SECONDS
        return PresignedUpload(upload_id, self.uploads.presign(upload_id, size, OFFER_SECONDS), timestamps.iso(until))


def resolve_uploads(request: SendRequest, uploads: Uploads, now: float) -> SendRequest:
    """With what lies there for each attachment that was uploaded. Raises Rejected with every fault."""
    if not any(one.upload for one in request.attachments):
        return request
    faults: list[FieldError] = []
    known: list[Attachment] = []
    for number, one in enumerate(request.attachments):
        there = uploads.head(one.upload.id) if one.upload else None
        if one.upload and (fault := _fault(there, now)):
            faults.append(FieldError(f"message.attachments[{number}].uploadId", fault))
        known.append(replace(one, upload=there))
    total = sum(one.size for one in known)
    if total > TOTAL_MAX:
        faults.append(
            FieldError("message.attachments", f"have {total:,} bytes together; at most {TOTAL_MAX:,} are allowed")
        )
    if faults:
        raise Rejected(faults)
    return replace(request, attachments=tuple(known))


def _fault(upload: Upload | None, now: float) -> str:
    if upload is None:
        return "nothing was uploaded under this id: PUT the file to its URL first"
    if timestamps.parse(upload.at) + USABLE_SECONDS < now:
        return f"was uploaded at {upload.at}, and can be sent for 24 hours: upload the file again"
    return ""


def with_content(send: Send, uploads: Uploads) -> Send:
    """With the content of each upload, for who makes the mail: what waits in the queue is the send without. Raises PermanentFailure where an
    upload is not there any more as it was accepted.
    """
    if not any(one.upload for one in send.attachments):
        return send
    return replace(send, attachments=tuple(_fetched(one, uploads) for one in send.attachments))


def _fetched(attachment: Attachment, uploads: Uploads) -> Attachment:
    if attachment.upload is None:
        return attachment
    try:
        octets = uploads.read(attachment.upload)
    except LookupError as error:
        reason = f"the upload of {attachment.filename} is gone, or was written over, since the send was accepted"
        raise PermanentFailure(SendResult.CORRUPT_INPUT, reason) from error
    return replace(attachment, content=base64.b64encode(octets).decode("ascii"))
