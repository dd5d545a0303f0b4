"""What the local stack still has to do: requests, sends, events, counters and webhooks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection

from infra.local.event_sources import EventSources
from infra.local.gateway import Gateway
from infra.local.lambdas import Functions
from infra.local.ses import SesSimulator

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = (
    0.01,
    0.05,
)  # a check reads each source's state, without a call to the account
WEBHOOKS = "deliver_webhook"
WORK = {
    "deliver": "mail to send",
    "record": "events of SES",
    "measure": "counters",
    "notify": "changes to report to webhooks",
    WEBHOOKS: "webhooks to deliver",
}
"""What a step has left to do, in the words of the reports at the end."""


class WorkInProgress:
    """Reads all parts of the stack, and changes none."""

    def __init__(self, gateway: Gateway, functions: Functions, event_sources: EventSources, ses: SesSimulator) -> None:
        self._gateway, self._functions, self._event_sources, self._ses = gateway, functions, event_sources, ses

    def waiting(self) -> list[str]:
        """Returns what is still in progress, in words. Waits for the account's lock; any thread may call it."""
        steps = {self._functions.step(name) for name in self._event_sources.waiting()}
        work = [text for step_name, text in WORK.items() if step_name in steps]
        return [*(["requests"] if self._gateway.inflight else []), *work, *([] if self._ses.idle() else ["SES"])]

    async def quiet(self, patience: float, *, webhooks: bool = True, later: bool = False) -> bool:
        """Waits until no request, send, event or counter is in progress; without `webhooks` those may be, and with `later` delayed
        messages. Returns False if nothing was finished for `patience` seconds: the whole time depends on the machine.
        """
        ignored = [] if webhooks else self._webhook_functions()
        finished, since, pause = -1, 0.0, 0.0
        while not await self._idle(ignored, later=later):
            if self._event_sources.finished != finished:
                finished, since, pause = self._event_sources.finished, time.monotonic(), FIRST_PAUSE_SECONDS
            if time.monotonic() - since > patience:
                return False
            await asyncio.sleep(pause)
            pause = min(1.5 * pause, LONGEST_PAUSE_SECONDS)
        return True

    async def ends_within(self, seconds: float) -> bool:
        """Returns whether everything is finished, webhooks too, in that time."""
        end = time.monotonic() + seconds
        while not await self._idle():
            if time.monotonic() > end:
                return False
            await asyncio.sleep(LONGEST_PAUSE_SECONDS)
        return True

    def _webhook_functions(self) -> list[str]:
        return [name for name in self._event_sources.functions if self._functions.step(name) == WEBHOOKS]

    async def _idle(self, ignored: Collection[str] = (), *, later: bool = False) -> bool:
        """Mail causes events and events cause records, so all must be idle in the same check."""
        for _ in range(2):
            if self._gateway.inflight or not self._ses.idle():
                return False
            if not await asyncio.to_thread(self._event_sources.idle, ignored, later=later):
                return False
        return True
