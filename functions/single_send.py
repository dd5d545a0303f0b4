"""Lambda: the hot path: accepts a send, returns a status."""

from __future__ import annotations

from typing import Any

# The factories and the dispatcher import these at their first use. A caller waits for a cold start, during which Lambda provides a whole processor.
import functions.adapters.access.api_keys
import functions.adapters.access.rate_limits
import functions.adapters.emails.emails
import functions.adapters.sending.send_queue
import functions.adapters.sending.sends
import functions.routes.sending.single_send
import functions.steps.access.check_key
import functions.steps.sending.check_pause
import functions.wiring.access
import functions.wiring.sending  # noqa: F401 - loads it during the start
from functions.http.responses import Response
from functions.routes.http.gate import api_dispatcher
from functions.routes.operations import OPERATIONS
from functions.routes.sending.legacy_table import LEGACY_SEND
from functions.routes.sending.table import SINGLE_SEND_ROUTES
from functions.telemetry import entrypoint

_dispatch = api_dispatcher((*SINGLE_SEND_ROUTES, LEGACY_SEND), OPERATIONS)


@entrypoint
def handler(event: dict[str, Any], context: Any) -> Response:
    return _dispatch(event)
