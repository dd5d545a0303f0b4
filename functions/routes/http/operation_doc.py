"""What the OpenAPI document says of an operation beyond its route. Each room describes its own in `routes/<room>/openapi.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from functions.routes.http.models import ApiModel

JSON = dict[str, Any]

IDEMPOTENCY_KEY: JSON = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 512},
    "description": "stands in for message.sendId where the body has none (not HubSpot's)",
}
IF_MATCH: JSON = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "the `version` that was read: 409 if it is not the latest any more (not HubSpot's)",
}


class OperationDoc(Struct, frozen=True):
    summary: str
    response: type[ApiModel] | None
    request: type[ApiModel] | None = None
    query: type[ApiModel] | None = None
    headers: Sequence[JSON] = ()
    page: bool = False  # it answers a person, in HTML
