"""The Standard Webhooks' signature (https://www.standardwebhooks.com), by its own library."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from standardwebhooks import Webhook

SECRET_MARK = "whsec_"  # noqa: S105 - the prefix of each secret
SECRET_BYTES = 32


def secret_of(random_bytes: bytes) -> str:
    return SECRET_MARK + base64.b64encode(random_bytes).decode()


def signed(event_id: str, now: float, body: str, secrets: Iterable[str]) -> Mapping[str, str]:
    """Returns the headers of a request with `body`. During a secret's rotation there are two signatures, and either is valid."""
    at = datetime.fromtimestamp(int(now), UTC)
    return {
        "content-type": "application/json",
        "user-agent": "Staffetta-Webhooks/1",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now)),
        "webhook-signature": " ".join(Webhook(secret).sign(event_id, at, body) for secret in secrets),
    }
