"""Lambda: the hot path: accepts a send, returns a status."""

from __future__ import annotations

from typing import Any

from functions.routes.http.gate import api_dispatcher
from functions.routes.http.responses import Response
from functions.routes.sending.single_send import OPERATIONS
from functions.routes.table import ROUTES
from functions.telemetry import entrypoint

_dispatch = api_dispatcher((route for route in ROUTES if route.operation in OPERATIONS), OPERATIONS)


@entrypoint
def handler(event: dict[str, Any], context: Any) -> Response:
    return _dispatch(event)
