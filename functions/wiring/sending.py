"""Sending: from the request to SES. What single_send does is imported with this file: a caller waits for it at a cold start."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from functions.steps.sending.accept import Acceptance
from functions.steps.sending.check_pause import PauseCheck
from functions.wiring.adapters import (
    account_pause,
    contacts,
    emails,
    mailer,
    send_queue,
    send_quotas,
    sends,
    subscription_types,
    uploads,
)
from functions.wiring.random_ids import new_id, new_secret

if TYPE_CHECKING:
    from functions.steps.sending.create_upload import UploadOffers
    from functions.steps.sending.deliver import Delivery
    from functions.steps.sending.dry_run import Rehearsal
    from functions.steps.sending.schedule import DueSends
    from functions.wiring.container import Container


def accept_send(c: Container) -> Acceptance:
    return Acceptance(
        domain=c.settings.domain,
        sends=c.get(sends),
        emails=c.get(emails),
        contacts=c.get(contacts),
        subscription_types=c.get(subscription_types),
        pauses=c.get(check_pause),
        queue=c.get(send_queue),
        uploads=c.get(uploads),
        clock=c.clock,
        new_id=new_id,
    )


def check_pause(c: Container) -> PauseCheck:
    return PauseCheck(
        emails=c.get(emails),
        account=lambda: c.get(account_pause).get(),  # made at the first send that is not transactional
        clock=c.clock,
    )


def create_upload(c: Container) -> UploadOffers:
    from functions.steps.sending.create_upload import UploadOffers

    return UploadOffers(uploads=c.get(uploads), clock=c.clock, new_id=new_id)


def deliver_send(c: Container) -> Delivery:
    from functions.steps.sending.deliver import Delivery, templates
    from functions.steps.sending.throttle import Governed

    return Delivery(
        sends=c.get(sends),
        contacts=c.get(contacts),
        templates=templates(c.get(emails)),
        pauses=c.get(check_pause),
        mailer=Governed(mailer=c.get(mailer), governors=c.get(send_quotas), clock=c.clock, sleep=time.sleep),
        queue=c.get(send_queue),
        uploads=c.get(uploads),
        clock=c.clock,
        new_secret=new_secret,
        public_url=c.settings.public_url,
        lease_seconds=c.settings.lease_seconds,
        grace_seconds=c.settings.grace_seconds,
        max_receives=c.settings.max_receives,
    )


def dry_run(c: Container) -> Rehearsal:
    from functions.steps.sending.deliver import templates
    from functions.steps.sending.dry_run import Rehearsal

    return Rehearsal(
        acceptance=c.get(accept_send),
        contacts=c.get(contacts),
        templates=templates(c.get(emails)),
        uploads=c.get(uploads),
        clock=c.clock,
        public_url=c.settings.public_url,
    )


def enqueue_due(c: Container) -> DueSends:
    from functions.steps.sending.schedule import DueSends

    return DueSends(sends=c.get(sends), queue=c.get(send_queue), clock=c.clock)
