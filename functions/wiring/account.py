"""The account's sending as a whole: quota, pauses, reputation, stuck sends and dead letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.access import audit_log
from functions.wiring.adapters import (
    account_pause,
    dead_letters,
    emails,
    metrics,
    send_queue,
    send_quotas,
    sending_account,
    sends,
)

if TYPE_CHECKING:
    from functions.core.sending.throttle import Governor
    from functions.steps.account.monitor_reputation import Watch
    from functions.steps.account.pause import Pausing
    from functions.steps.account.redrive import Redrive
    from functions.steps.account.sweep import Sweep
    from functions.wiring.container import Container


def sweep(c: Container) -> Sweep:
    from functions.steps.account.sweep import Sweep

    return Sweep(
        sends=c.get(sends),
        metrics=c.get(metrics),
        queue=c.get(send_queue),
        clock=c.clock,
        grace_seconds=c.settings.grace_seconds,
    )


def redrive(c: Container) -> Redrive:
    from functions.steps.account.redrive import Redrive

    return Redrive(
        letters=c.get(dead_letters),
        sends=c.get(sends),
        queue=c.get(send_queue),
        clock=c.clock,
        grace_seconds=c.settings.grace_seconds,
    )


def pause_sending(c: Container) -> Pausing:
    from functions.steps.account.pause import Pausing

    return Pausing(emails=c.get(emails), account=c.get(account_pause), audit=c.get(audit_log), clock=c.clock)


def monitor_reputation(c: Container) -> Watch:
    from functions.steps.account.monitor_reputation import Watch

    return Watch(
        metrics=c.get(metrics),
        emails=c.get(emails),
        account=c.get(account_pause),
        pausing=c.get(pause_sending),
        clock=c.clock,
    )


def refresh_quota(c: Container) -> Governor:
    """Reads SES's quota and stores it for the workers. It is done at each call, so call it, and do not `get` it."""
    from functions.steps.sending.throttle import tell_quota

    return tell_quota(account=c.get(sending_account), governors=c.get(send_quotas), clock=c.clock)
