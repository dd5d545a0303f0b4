"""Uploads over HTTP, a Staffetta extension: HubSpot's single send has no attachments."""

from __future__ import annotations

from functions import wiring
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import body_of
from functions.routes.sending.models import UploadRequest, UploadView


def create_upload(request: ApiRequest) -> UploadView:
    body = body_of(request, UploadRequest)
    upload = wiring.get(wiring.sending.create_upload)(body.size, is_file=body.purpose == "file")
    return UploadView(upload_id=upload.upload_id, url=upload.url, expires_at=upload.expires_at)
