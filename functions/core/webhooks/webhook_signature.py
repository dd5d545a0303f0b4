"""The Standard Webhooks' signature (https://www.standardwebhooks.com), by its own library."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from standardwebhooks import Webhook

SECRET_MARK = "whsec_"  # noqa: S105 - how each begins
SECRET_BYTES = 32


def secret_of(random_bytes: bytes) -> str:
    return SECRET_MARK + base64.b64encode(random_bytes).decode()


def signed(event_id: str, now: float, body: str, secrets: Iterable[str]) -> Mapping[str, str]:
    """The headers of a request that has `body`. While a secret is being replaced there are two signatures, and either will do."""
    at = datetime.fromtimestamp(int(now), UTC)
    return {
        "content-type": "application/json",
        "user-agent": "Staffetta-Webhooks/1",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now)),
        "webhook-signature": " ".join(Webhook(secret).sign(event_id, at, body) for secret in secrets),
    }
