"""Lambda: the hot path: accepts a send, returns a status."""

from __future__ import annotations

from typing import Any

# The factories import these at their first use. A caller waits for a cold start, during which Lambda provides a whole processor.
import functions.adapters.access.api_keys
import functions.adapters.access.rate_limits
import functions.adapters.emails.emails
import functions.adapters.sending.send_queue
import functions.adapters.sending.sends
import functions.steps.access.check_key
import functions.steps.sending.check_pause
import functions.steps.sending.read_email
import functions.wiring.access
import functions.wiring.sending  # noqa: F401
from functions.http.responses import Response
from functions.routes.http.gate import ApiRequest, api_dispatcher
from functions.routes.sending import single_send
from functions.routes.sending.legacy_table import LEGACY_SEND
from functions.routes.sending.table import SINGLE_SEND_ROUTES
from functions.telemetry import entrypoint


def _send_single_email(request: ApiRequest) -> Any:
    from functions.routes.sending.legacy_send import send_single_email  # noqa: PLC0415 - few callers use HubSpot's v1

    return send_single_email(request)


_dispatch = api_dispatcher(
    (*SINGLE_SEND_ROUTES, LEGACY_SEND), {**single_send.OPERATIONS, "send_single_email": _send_single_email}
)


@entrypoint
def handler(event: dict[str, Any], context: Any) -> Response:
    return _dispatch(event)
