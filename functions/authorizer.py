"""Lambda: bearer key → who calls, with which scopes, and whether too often. It refuses nobody itself: see routes.caller."""

from __future__ import annotations

from typing import Any

from functions.routes.http.caller import verdict
from functions.telemetry import logger
from functions.wiring import wired


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    headers = event.get("headers") or {}
    key = wired().access.authorization(headers.get("authorization"))
    return verdict(key, wired().access.rate_limit(key.secret_id) if key else 0)
