"""Lambda: the hot path: accept a send, tell a status."""

from __future__ import annotations

from typing import Any

from functions.adapters.aws.deadline import DEADLINE
from functions.routes.http.gate import api_dispatcher
from functions.routes.http.responses import Response
from functions.routes.sending.single_send import OPERATIONS
from functions.routes.table import ROUTES
from functions.telemetry import logger

_dispatch = api_dispatcher((route for route in ROUTES if route.operation in OPERATIONS), OPERATIONS)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> Response:
    DEADLINE.begin(context.get_remaining_time_in_millis())
    return _dispatch(event)
