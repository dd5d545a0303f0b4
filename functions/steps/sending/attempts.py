"""An attempt to send one message: claim it, hand its mail to SES, and release it if SES surely does not have the mail.

SES has no idempotency token, so a message is claimed (one conditional write, with a lease) before SES is called. A worker that
dies in between leaves the claim in place and the outcome unknown. Then SES's own Send event settles the message. If none arrives
within the grace period after the lease, and record has read the events of that time, the message is claimed and sent again.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from msgspec import Struct

from functions.core import timestamps
from functions.core.errors import Deferred, Leased, OutcomeUnknown, Retry
from functions.core.events.timeline import clipped
from functions.core.sending import lifecycle
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import FAILED_ATTEMPTS_MAX, Attempt, MessageKey, State

if TYPE_CHECKING:
    from functions.ports import Clock
    from functions.ports.events import EventsRecorded
    from functions.ports.sending import Mailer, OutgoingMail, Sends

LEASED_SECONDS = 2  # until a worker retries a message that another worker has claimed: mostly that one is done by then
EVENTS_LATE_SECONDS = 60  # until a worker checks again whether SES's events are recorded
REASON_BYTES_MAX = 1000  # of a failed attempt: a message stores several


class SendAttempts(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    sends: Sends
    mailer: Mailer
    events_recorded: EventsRecorded
    clock: Clock
    lease_seconds: int
    grace_seconds: int

    def claim(self, key: MessageKey, unsubscribe_id: str, content_batch: str = "") -> int | None:
        """Returns the attempt's number, or None if the message is final or gone. Raises Leased if it cannot be claimed yet."""
        now = self.clock()
        claim = functools.partial(
            self.sends.claim,
            key,
            now=now,
            lease_seconds=self.lease_seconds,
            unsubscribe_id=unsubscribe_id,
            content_batch=content_batch,
        )
        if attempt := claim(grace_seconds=None):
            return attempt
        message = self.sends.get(key)
        if message is None or message.state in lifecycle.FINAL:
            return None
        claimable = lifecycle.claimable_from(message, self.grace_seconds)
        if message.state is State.SENDING and claimable <= now:
            if not self.events_recorded():
                reason = f"the outcome of {key} is unknown, and SES's events of that time may not be recorded yet"
                raise Leased(reason, after_seconds=EVENTS_LATE_SECONDS)
            if attempt := claim(grace_seconds=self.grace_seconds):
                return attempt
        alive = now < message.lease_until  # its worker may be done any moment; else only SES's event can end the wait
        wait = LEASED_SECONDS if alive else max(1, int(claimable - now) + 1)
        raise Leased(f"{key} is leased until {timestamps.iso(claimable)} at the latest", after_seconds=wait)

    def send(self, key: MessageKey, attempt: int, mail: OutgoingMail) -> str:
        """Hands the mail of a claimed message to SES. Returns SES's message id. Raises the errors of Mailer. The claim stays if the
        outcome is unknown.
        """
        try:
            return self.mailer.send(mail)
        except OutcomeUnknown:
            raise
        except Retry as retry:
            self._release(key, attempt, retry)
            raise

    def _release(self, key: MessageKey, attempt: int, retry: Retry) -> None:
        now, reason = self.clock(), clipped(str(retry), REASON_BYTES_MAX)
        self.sends.settle(
            key,
            Transition.RELEASE,
            now=now,
            reason=reason,
            failed=Attempt(attempt, timestamps.iso(now), reason) if attempt <= FAILED_ATTEMPTS_MAX else None,
            is_counted=not isinstance(retry, Deferred),
        )
