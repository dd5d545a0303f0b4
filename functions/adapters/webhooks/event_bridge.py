"""ports.EventBus on EventBridge: the account's default bus, where rules can send our events to any of AWS's targets.

A rule's pattern: {"source": ["staffetta"], "detail-type": ["email.bounced"], "detail": {"stage": ["prod"]}}.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from functions.core import timestamps
from functions.core.errors import Retry
from functions.core.webhooks.webhook_events import MessageEvent

SOURCE = "staffetta"
BATCH = 10


class EventBridge(Struct, frozen=True):
    client: Any  # EventBridge's
    stage: str  # several can live in one account

    def put(self, events: Sequence[MessageEvent]) -> None:
        for start in range(0, len(events), BATCH):
            answer = self.client.put_events(Entries=[self._entry(event) for event in events[start : start + BATCH]])
            if answer["FailedEntryCount"]:
                failed = next(entry for entry in answer["Entries"] if "ErrorCode" in entry)
                raise Retry(f"EventBridge did not accept {answer['FailedEntryCount']} events: {failed['ErrorCode']}")

    def _entry(self, event: MessageEvent) -> dict[str, Any]:
        return {
            "Source": SOURCE,
            "DetailType": str(event.type),
            "Detail": msgspec.json.encode({"stage": self.stage, **event.body()}).decode(),
            "Time": int(timestamps.parse(event.at)),
        }
