"""Lambda: the automations' queue → runs. Each message of the batch succeeds, or is retried, by itself."""

from __future__ import annotations

from typing import Any

from functions import wiring
from functions.adapters.automations.automation_queue import open_job
from functions.core.errors import Retry
from functions.telemetry import count, entrypoint, logger


@entrypoint
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    automate = wiring.get(wiring.automations.automate)
    automate.catalog.refresh()
    failures = [record["messageId"] for record in event["Records"] if not _automate(record)]
    automate.advance.flush()
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failures]}


def _automate(record: dict[str, Any]) -> bool:
    """Returns False if the queue message must be retried."""
    try:
        wiring.get(wiring.automations.automate)(open_job(record["body"]))
    except Retry as error:
        logger.info("a job is retried", extra={"reason": str(error)})
        return False
    except Exception:  # noqa: BLE001 - the record's boundary: one message must not take the batch with it
        logger.exception("a job failed by an error of ours: it is retried")
        count("AutomationFailed")
        return False
    return True
