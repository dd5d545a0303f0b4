"""Reads the attachments of a single send, a Staffetta extension. Every error is reported, and reading goes on."""

from __future__ import annotations

from collections.abc import Sequence

from functions.core.models.field_errors import FieldErrors
from functions.core.sending import attachments
from functions.core.sending.attachments import Attachment, Upload
from functions.routes.sending.models import SingleSendAttachment

_WHERE = "message.attachments"


def read_attachments(files: Sequence[SingleSendAttachment], errors: FieldErrors) -> tuple[Attachment, ...]:
    parsed = (_attachment(f"{_WHERE}[{number}]", file, errors) for number, file in enumerate(files) if file)
    read = tuple(attachment for attachment in parsed if attachment)
    _check_size(read, errors)
    _check_content_ids(read, errors)
    return read


def _attachment(where: str, file: SingleSendAttachment, errors: FieldErrors) -> Attachment | None:
    filename = errors.parse(f"{where}.filename", attachments.filename, file.filename)
    content_type = errors.parse(f"{where}.contentType", attachments.content_type, file.content_type)
    content = errors.parse(f"{where}.content", attachments.content, file.content)
    upload_id = errors.parse(f"{where}.uploadId", attachments.upload_id, file.upload_id)
    content_id = errors.parse(f"{where}.contentId", attachments.content_id, file.content_id)
    if errors.any_in(where) or not (filename and content_type):
        return None
    if bool(content) == bool(upload_id):
        errors.add(where, "must have either its content, or the uploadId of an uploaded file", "REQUIRED_FIELD")
        return None
    return Attachment(
        filename=filename,
        content_type=content_type,
        content=content or "",
        content_id=content_id or "",
        upload=Upload(upload_id) if upload_id else None,
    )


def _check_size(read: Sequence[Attachment], errors: FieldErrors) -> None:
    total = sum(attachment.size for attachment in read)
    if total > attachments.IN_REQUEST_MAX:
        errors.add(
            _WHERE,
            f"have {total:,} bytes together; a request can carry at most {attachments.IN_REQUEST_MAX:,}: "
            "upload the larger files (POST /staffetta/v1/uploads) and send their uploadId",
        )


def _check_content_ids(read: Sequence[Attachment], errors: FieldErrors) -> None:
    content_ids = [attachment.content_id for attachment in read if attachment.content_id]
    repeated = {content_id for content_id in content_ids if content_ids.count(content_id) > 1}
    if repeated:
        errors.add(_WHERE, f"have the contentId {', '.join(sorted(repeated))} more than once")
