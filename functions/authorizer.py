"""Lambda: bearer key → the API caller, its scopes, and how long it must wait. It refuses no request itself: see routes.http.caller."""

from __future__ import annotations

from typing import Any

from functions import wiring
from functions.routes.http.caller import anonymous_response, authorizer_response
from functions.routes.sending.rate_exemption import is_exempt
from functions.telemetry import entrypoint


@entrypoint
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    headers = event.get("headers") or {}
    key = wiring.get(wiring.access.authenticate)(headers.get("authorization"))
    if key is None:
        return anonymous_response()
    limiter = wiring.get(wiring.access.limit_rate)
    rate = limiter.read(key.secret_id) if is_exempt(event) else limiter(key.secret_id)
    return authorizer_response(key, rate)
