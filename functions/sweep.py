"""Lambda: every few minutes, refreshes SES's quota, queues the scheduled sends and broadcasts that are due, monitors our reputation, settles stuck sends,
recounts lists, checks the domains and erases contacts.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from functions import wiring
from functions.telemetry import count, entrypoint, logger

PART_SECONDS = 40  # of each part that works until a time: the next sweep continues
ERASE_MARGIN = 30  # seconds of the function's time in which no erasure begins


@entrypoint
def handler(event: dict[str, Any], context: Any) -> None:
    with ExitStack() as parts:  # runs each part, the last one added first, even if another raises
        parts.callback(_erase, context)
        for part in (
            _watch_domains,
            _recount_lists,
            _sweep,
            _monitor_reputation,
            _enqueue_due_broadcasts,
            _enqueue_due_runs,
            _enqueue_due,
            _refresh_quota,
        ):
            parts.callback(part)


def _refresh_quota() -> None:
    quota = wiring.account.refresh_quota(wiring.container()).quota
    if quota and not quota.enabled:
        logger.error("SES has stopped this account's sending", extra={"enforcement_status": quota.enforcement_status})
        count("SendingStopped")


def _enqueue_due() -> None:
    count("ScheduledQueued", wiring.get(wiring.sending.enqueue_due)(_until()))


def _enqueue_due_runs() -> None:
    due = wiring.get(wiring.automations.enqueue_due_runs)(_until())
    if due.late:
        logger.warning("runs of automations are late", extra={"late": due.late})
    count("RunsQueued", due.queued)
    count("RunsLate", due.late)


def _enqueue_due_broadcasts() -> None:
    count("BroadcastsQueued", wiring.get(wiring.broadcasts.enqueue_due_broadcasts)())


def _monitor_reputation() -> None:
    for reason in wiring.get(wiring.account.monitor_reputation)(_until()):
        logger.error("paused for its reputation", extra={"reason": reason})
        count("SendingStopped")


def _sweep() -> None:
    stuck = wiring.get(wiring.account.sweep)(_until())
    if stuck:
        logger.warning("sends without an outcome", extra={"unexplained": stuck})
        count("Unexplained", stuck)


def _watch_domains() -> None:
    drifted = wiring.get(wiring.domains.watch_domains)()
    if drifted:
        logger.error("a domain is no longer as it was verified", extra={"drifted": drifted})
        count("DomainDrift", len(drifted))


def _recount_lists() -> None:
    count("ListsRecounted", wiring.get(wiring.contacts.recount_lists)(_until()))


def _until() -> float:
    return wiring.container().clock() + PART_SECONDS


def _erase(context: Any) -> None:
    """Erases as much as there is time for. The next sweeps continue."""
    until = wiring.container().clock() + context.get_remaining_time_in_millis() / 1000 - ERASE_MARGIN
    count("ContactsErased", len(wiring.get(wiring.contacts.erase_contact)(until)))
