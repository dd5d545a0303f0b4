"""Errors: the shape of their answers, and the dead letters."""

from __future__ import annotations

from typing import Any

import requests

from functions import wiring
from functions.adapters.account.dead_letters import SqsDeadLetters
from tests.end_to_end.service import Service

CONTRACT_KEYS = {"status", "message", "correlationId", "category", "context", "links", "errors"}


def check_shape(answer: requests.Response, status: int, category: str) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["status"], body["category"]) == (status, "error", category)
    assert body.keys() >= CONTRACT_KEYS
    assert answer.headers["x-hubspot-correlation-id"] == body["correlationId"]
    return body


def dead_letters(service: Service) -> dict[str, str]:
    """Status id → reason, of every send among the dead letters, which stay there."""
    container = service.stack.container
    letters = SqsDeadLetters(
        container.get(wiring.clients.sqs),
        container.get(wiring.adapters.sending.send_queue),
        container.settings.dead_letter_queue_url,
    )
    results = [letter for batch in letters.batches() for letter in batch]
    letters.put_back(*results)
    return {letter.send.id: letter.reason for letter in results if letter.send}
