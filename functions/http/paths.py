"""The paths of requests. One with doubled slashes, or with one at its end, is a spelling of the path without them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_GREEDY = "{proxy+}"


def of_event(event: Mapping[str, Any]) -> str:
    """Returns the decoded path. API Gateway ends `rawPath` at a decoded `?`, which an email address may have: the parameter of a greedy
    route has the rest.
    """
    raw: str = event["rawPath"]
    base, greedy, _ = event.get("routeKey", "").partition(" ")[2].partition(_GREEDY)
    whole: str = base + ((event.get("pathParameters") or {}).get("proxy") or "") if greedy else raw
    return whole if whole.startswith(f"{raw}?") else raw


def normalized(path: str) -> str:
    """HubSpot's clients double a slash or end with one, depending on how their host was configured."""
    if path.startswith("/") and not path.endswith("/") and "//" not in path:
        return path
    return "/" + "/".join(part for part in path.split("/") if part)
