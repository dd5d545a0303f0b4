"""Files that are uploaded, for sends to enclose."""

from __future__ import annotations

import requests

from tests.end_to_end.service import Service
from tests.support.patience import NO_ANSWER_SECONDS

UPLOADS = "/staffetta/v1/uploads"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF\n"


def uploaded(service: Service, content: bytes) -> dict[str, str]:
    """Uploads an attachment as a caller does: the URL needs no key. Returns the attachment."""
    offer = service.http.post(UPLOADS, json={"size": len(content)}).json()
    requests.put(offer["url"], data=content, timeout=NO_ANSWER_SECONDS).raise_for_status()
    return {"filename": "catalogue.pdf", "contentType": "application/pdf", "uploadId": offer["uploadId"]}
