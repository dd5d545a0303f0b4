"""An operation's part of the OpenAPI document, beyond its route. Each room has its own in `routes/<room>/openapi.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from functions.routes.http.models import ApiModel

JSON = dict[str, Any]


class OperationDoc(Struct, frozen=True):
    summary: str
    response: type[ApiModel] | None
    request: type[ApiModel] | None = None
    query: type[ApiModel] | None = None
    headers: Sequence[JSON] = ()
    listed: bool = False  # the response is a JSON array of the model
    page: bool = False  # the response is HTML, for a person
    drawing: bool = False  # the response is SVG
    partly: type[ApiModel] | None = None  # the response with the status 207: some inputs failed
