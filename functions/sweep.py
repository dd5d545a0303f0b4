"""Lambda: every few minutes, tell the governor what SES allows, queue what was scheduled, watch our reputation, forget who asked
for it, and do what no send should need: see steps.sweep.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from functions.telemetry import count, logger, published
from functions.wiring import wired

ERASE_MARGIN = 30  # seconds of the function's time that are left alone


@logger.inject_lambda_context(clear_state=True)
@published
def handler(event: dict[str, Any], context: Any) -> None:
    with ExitStack() as parts:  # whatever one of them raises, each is done: the last one added first
        parts.callback(_erase, context)
        for part in (_sweep, _watch, _queue_due, _tell_quota):
            parts.callback(part)


def _tell_quota() -> None:
    quota = wired().watching.tell_quota().quota
    if quota and not quota.enabled:
        logger.error("SES lets this account send nothing", extra={"standing": quota.standing})
        count("SendingStopped")


def _queue_due() -> None:
    count("ScheduledQueued", wired().watching.due_sends())


def _watch() -> None:
    for reason in wired().watching.watch():
        logger.error("paused for its reputation", extra={"reason": reason})
        count("SendingStopped")


def _sweep() -> None:
    unexplained = wired().watching.sweep()
    if unexplained:
        logger.warning("sends without an outcome", extra={"unexplained": unexplained})
        count("Unexplained", unexplained)


def _erase(context: Any) -> None:
    """As far as there is time; what is left is done by the next sweeps."""
    done = wired().people.erasure(wired().clock() + context.get_remaining_time_in_millis() / 1000 - ERASE_MARGIN)
    if done:
        count("ContactsErased", len(done))
