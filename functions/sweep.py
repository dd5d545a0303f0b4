"""Lambda: every few minutes, tell the governor what SES allows, queue what was scheduled, watch our reputation, forget who asked
for it, and do what no send should need: see steps.sweep.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from functions import wiring
from functions.telemetry import count, logger, published

ERASE_MARGIN = 30  # seconds of the function's time that are left alone


@logger.inject_lambda_context(clear_state=True)
@published
def handler(event: dict[str, Any], context: Any) -> None:
    with ExitStack() as parts:  # whatever one of them raises, each is done: the last one added first
        parts.callback(_erase, context)
        for part in (_sweep, _watch, _queue_due, _tell_quota):
            parts.callback(part)


def _tell_quota() -> None:
    quota = wiring.account.refresh_quota(wiring.container()).quota
    if quota and not quota.enabled:
        logger.error("SES lets this account send nothing", extra={"standing": quota.enforcement_status})
        count("SendingStopped")


def _queue_due() -> None:
    count("ScheduledQueued", wiring.get(wiring.sending.enqueue_due)())


def _watch() -> None:
    for reason in wiring.get(wiring.account.monitor_reputation)():
        logger.error("paused for its reputation", extra={"reason": reason})
        count("SendingStopped")


def _sweep() -> None:
    unexplained = wiring.get(wiring.account.sweep)()
    if unexplained:
        logger.warning("sends without an outcome", extra={"unexplained": unexplained})
        count("Unexplained", unexplained)


def _erase(context: Any) -> None:
    """As far as there is time; what is left is done by the next sweeps."""
    done = wiring.get(wiring.contacts.erase_contact)(
        wiring.container().clock() + context.get_remaining_time_in_millis() / 1000 - ERASE_MARGIN
    )
    if done:
        count("ContactsErased", len(done))
