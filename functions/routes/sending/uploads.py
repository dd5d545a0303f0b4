"""Uploads on the wire. Ours: HubSpot's single send has no attachments."""

from __future__ import annotations

from functions import wiring
from functions.core.errors import FieldError, Rejected
from functions.routes.http.dispatch import Operation, Request
from functions.routes.sending.upload_models import UploadView


def create_upload(request: Request) -> UploadView:
    size = request.json().get("size")
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise Rejected(
            [FieldError("size", "is required: how many bytes the file has, a whole number from 1", "REQUIRED_FIELD")]
        )
    offer = wiring.get(wiring.sending.create_upload)(size)
    return UploadView(upload_id=offer.upload_id, url=offer.url, expires_at=offer.expires_at)


OPERATIONS: dict[str, Operation] = {"create_upload": create_upload}
