"""Lambda: bearer key → the API caller, its scopes, and how long it must wait. It refuses no request itself: see routes.http.caller."""

from __future__ import annotations

from typing import Any

from functions import wiring
from functions.routes.http.caller import authorizer_response
from functions.telemetry import entrypoint


@entrypoint
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    headers = event.get("headers") or {}
    key = wiring.get(wiring.access.authenticate)(headers.get("authorization"))
    return authorizer_response(key, wiring.get(wiring.access.limit_rate)(key.secret_id) if key else 0)
