"""Lambda: broadcast queue → SES. One job at a time: it writes pages of an audience, checks one, sends one page, imports
contacts, or evaluates a list.
"""

from __future__ import annotations

import functools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
from msgspec.structs import replace

from functions import wiring
from functions.adapters.sending.send_queue import backoff_seconds
from functions.core.broadcasts.jobs import (
    CheckJob,
    EvaluateJob,
    ImportJob,
    Job,
    PageJob,
    PrepareJob,
    RecountJob,
    RefreshJob,
    ReleaseJob,
)
from functions.core.errors import Retry
from functions.steps.broadcasts.send_page import SendPage
from functions.steps.contacts.evaluate_lists import EvaluateLists
from functions.steps.contacts.import_contacts import ImportContacts
from functions.telemetry import count, entrypoint, log_context, logger

WORKERS = 10  # SES answers in some 60 ms, in which a worker only waits
MARGIN = 0.25  # the share of the function's time in which no new recipient begins
MARGIN_SECONDS = 15  # ... and its most


@entrypoint
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    failures = [record["messageId"] for record in event["Records"] if not _done(record, context)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failures]}


def _done(record: dict[str, Any], context: Any) -> bool:
    """Returns False if the queue message must be retried."""
    receives = int(record["attributes"]["ApproximateReceiveCount"])
    queue = wiring.get(wiring.adapters.broadcasts.broadcast_queue)
    try:
        job = queue.open(record["body"])
        with log_context(**_name(job)):
            _work(job, _until(context))
    except Retry as retry:
        logger.info("job waits", extra={"reason": str(retry), "receives": receives})
        _postpone(record["receiptHandle"], max(retry.after_seconds, backoff_seconds(receives)))
    except msgspec.DecodeError:
        logger.exception("this queue message is not a job: SQS moves it to the dead letters after its last receive")
        _postpone(record["receiptHandle"], backoff_seconds(receives))
    except Exception:  # noqa: BLE001 - the record's boundary
        logger.exception("job failed")
        count("BroadcastJobFailed")
        _postpone(record["receiptHandle"], backoff_seconds(receives))
    else:
        return True
    return False


def _name(job: Job) -> dict[str, str]:
    match job:
        case ImportJob():
            return {"import_id": job.import_id}
        case RefreshJob() | EvaluateJob():
            return {"list_id": str(job.list_id)}
        case _:
            return {"broadcast_id": job.broadcast_id}


def _work(job: Job, until: float) -> None:
    match job:
        case PrepareJob():
            wiring.get(wiring.broadcasts.prepare_broadcast)(job.broadcast_id, until)
        case CheckJob():
            wiring.get(wiring.broadcasts.check_broadcast)(job, until)
        case ReleaseJob():
            wiring.get(wiring.broadcasts.release_broadcast)(job)
        case PageJob():
            _send_page()(job, until)
        case RecountJob():
            wiring.get(wiring.broadcasts.recount_page)(job)
        case ImportJob():
            _import_contacts()(job, until)
        case RefreshJob():
            wiring.get(wiring.contacts.evaluate_lists).refresh(job)
        case EvaluateJob():
            _evaluate_lists()(job, until)


@functools.cache
def _send_page() -> SendPage:
    """Cached with its threads for the next job."""
    workers = ThreadPoolExecutor(WORKERS)
    return replace(wiring.get(wiring.broadcasts.send_page), run=lambda turn, of: list(workers.map(turn, of)))


@functools.cache
def _import_contacts() -> ImportContacts:
    workers = ThreadPoolExecutor(WORKERS)
    return replace(wiring.get(wiring.contacts.import_contacts), run=lambda one, lines: list(workers.map(one, lines)))


@functools.cache
def _evaluate_lists() -> EvaluateLists:
    workers = ThreadPoolExecutor(WORKERS)
    evaluate = wiring.get(wiring.contacts.evaluate_lists)
    return replace(evaluate, run=lambda change, chunks: list(workers.map(change, chunks)))


def _until(context: Any) -> float:
    """Returns when the job should queue the rest of its work."""
    seconds: float = context.get_remaining_time_in_millis() / 1000
    return wiring.container().clock() + seconds - min(MARGIN_SECONDS, MARGIN * seconds)


def _postpone(receipt_handle: str, seconds: int) -> None:
    try:
        wiring.get(wiring.adapters.broadcasts.broadcast_queue).postpone(receipt_handle, seconds)
    except Exception:  # noqa: BLE001 - the record's boundary too: the queue's own visibility timeout then applies
        logger.exception("cannot postpone")
