"""Lambda: the hot path: accepts a send, returns a status."""

from __future__ import annotations

from typing import Any

from functions.http.responses import Response
from functions.routes.http.gate import api_dispatcher
from functions.routes.sending import legacy_send, single_send
from functions.routes.sending.legacy_table import LEGACY_SEND
from functions.routes.sending.table import SINGLE_SEND_ROUTES
from functions.telemetry import entrypoint

_dispatch = api_dispatcher((*SINGLE_SEND_ROUTES, LEGACY_SEND), {**single_send.OPERATIONS, **legacy_send.OPERATIONS})


@entrypoint
def handler(event: dict[str, Any], context: Any) -> Response:
    return _dispatch(event)
