"""Uploads: files that are too large for a request."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from functions.core.sending.attachments import TOTAL_MAX
from functions.routes.http.models import ApiModel, Instant


class UploadRequest(ApiModel):
    size: Annotated[int, Meta(ge=1, le=TOTAL_MAX, description="of the file, in bytes")]


class UploadView(ApiModel):
    """PUT the file to `url`, without a key, until `expiresAt`; for 24 hours from then on sends may name its `uploadId`, any number of them."""

    upload_id: str
    url: str
    expires_at: Instant
