"""ports.EventBus on EventBridge: the account's default bus, where rules can send our events to any of AWS's targets.

A rule's pattern: {"source": ["staffetta"], "detail-type": ["email.bounced"], "detail": {"stage": ["prod"]}}.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from functions.adapters.aws.content_errors import content_refused
from functions.core import timestamps
from functions.core.errors import ContentRefused, Retry
from functions.core.webhooks.webhook_events import MessageEvent

SOURCE = "staffetta"
BATCH = 10
# The codes of a failed entry that do not depend on its content: EventBridge is busy, or its rights are missing.
_SERVICE_ERRORS = frozenset(
    {"AccessDeniedException", "InternalException", "InternalFailure", "ThrottlingException", "ServiceUnavailable"}
)


class EventBridge(Struct, frozen=True):
    client: Any  # EventBridge's
    stage: str  # several can live in one account

    def put(self, events: Sequence[MessageEvent]) -> None:
        for start in range(0, len(events), BATCH):
            with content_refused():
                answer = self.client.put_events(Entries=[self._entry(event) for event in events[start : start + BATCH]])
            codes = [entry["ErrorCode"] for entry in answer["Entries"] if "ErrorCode" in entry]
            for code in sorted(codes, key=lambda code: code in _SERVICE_ERRORS):
                error = Retry if code in _SERVICE_ERRORS else ContentRefused
                raise error(f"EventBridge did not accept {len(codes)} events: {code}")

    def _entry(self, event: MessageEvent) -> dict[str, Any]:
        return {
            "Source": SOURCE,
            "DetailType": str(event.type),
            "Detail": msgspec.json.encode({"stage": self.stage, **event.body()}).decode(),
            "Time": int(timestamps.parse(event.at)),
        }
