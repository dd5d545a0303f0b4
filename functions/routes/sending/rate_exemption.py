"""Sends have no rate limit per key, as HubSpot exempts single sends from its own. API Gateway's limit of the stage still applies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from functions.routes.sending.legacy_table import LEGACY_SEND
from functions.routes.sending.table import SINGLE_SEND


def is_exempt(event: Mapping[str, Any]) -> bool:
    """Returns whether API Gateway's event is of a send, in any spelling of its path that we serve."""
    method = event.get("requestContext", {}).get("http", {}).get("method")
    return method == LEGACY_SEND.method and any(pattern.fullmatch(event.get("rawPath", "")) for pattern in _SENDS)


def _pattern(path: str) -> re.Pattern[str]:
    segments = ("[^/]+" if part.startswith("{") else re.escape(part) for part in path.strip("/").split("/"))
    return re.compile("/+" + "/+".join(segments) + "/*")


_SENDS = [_pattern(route.path) for route in (*SINGLE_SEND, LEGACY_SEND)]
