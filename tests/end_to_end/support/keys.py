"""API keys: their routes, and a request's header."""

from __future__ import annotations

KEYS = "/staffetta/v1/api-keys"


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
