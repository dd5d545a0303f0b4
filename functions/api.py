"""Lambda: every HTTP resource. API Gateway sends the hot path's own routes to single_send, and all other requests here. Other spellings of
a path come here too: HubSpot's clients double a slash.
"""

from __future__ import annotations

from typing import Any

from functions.http.responses import Response
from functions.routes.access.audited import audited
from functions.routes.http.gate import api_dispatcher
from functions.routes.operations import OPERATIONS
from functions.routes.own_routes import closed
from functions.routes.table import ROUTES
from functions.routes.tokens import redirect
from functions.telemetry import entrypoint

_dispatch = api_dispatcher(ROUTES, audited(closed({**OPERATIONS, **redirect.OPERATIONS})))


@entrypoint
def handler(event: dict[str, Any], context: Any) -> Response:
    return _dispatch(event)
