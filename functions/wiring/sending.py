"""Sending: from the request to SES."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from functions.adapters.aws import waiting
from functions.wiring.adapters.account import account_pause, quota_store
from functions.wiring.adapters.contacts import contacts, subscription_types
from functions.wiring.adapters.emails import emails
from functions.wiring.adapters.sending import (
    due_watermark,
    mailer,
    message_index,
    send_queue,
    sends,
    sent_contents,
    uploads,
)
from functions.wiring.random_ids import new_id, new_secret

if TYPE_CHECKING:
    from functions.core.access.actor import Actor
    from functions.core.domains.domain import Domain
    from functions.core.sending.send import Message
    from functions.steps.sending.accept import AcceptSend
    from functions.steps.sending.check_pause import CheckPause
    from functions.steps.sending.choose_set import SetChoosingMailer
    from functions.steps.sending.create_upload import CreateUpload
    from functions.steps.sending.deliver import DeliverSend
    from functions.steps.sending.dry_run import DryRun
    from functions.steps.sending.enqueue_due import EnqueueDue, FindDue
    from functions.steps.sending.get_send import GetSend
    from functions.steps.sending.rebuild_mail import RebuildMail
    from functions.steps.sending.resend_mail import ResendMail
    from functions.steps.sending.store_content import StoreContent
    from functions.wiring.container import Container


def accept_send(c: Container) -> AcceptSend:
    from functions.steps.sending.accept import AcceptSend
    from functions.steps.sending.email_leases import EmailLeases

    return AcceptSend(
        domains=domains_of_stage(c),
        sends=c.get(sends),
        emails=EmailLeases(emails=c.get(emails), clock=c.clock),
        contacts=c.get(contacts),
        subscription_types=c.get(subscription_types),
        pauses=c.get(check_pause),
        queue=c.get(send_queue),
        uploads=c.get(uploads),
        clock=c.clock,
        new_id=new_id,
    )


def domains_of_stage(c: Container) -> Callable[..., Sequence[Domain]]:
    """Imports and reads the domains at the first send that has its own sender."""

    def read(*max_age: float) -> Sequence[Domain]:
        from functions.wiring.domains import read_domains

        return c.get(read_domains)(*max_age)

    return read


def check_pause(c: Container) -> CheckPause:
    from functions.steps.sending.check_pause import CheckPause

    return CheckPause(
        emails=c.get(emails),
        account=lambda: c.get(account_pause).get(),  # made at the first send that is not transactional
        clock=c.clock,
    )


def get_send(c: Container) -> GetSend:
    from functions.steps.sending.get_send import GetSend

    return GetSend(c.get(sends))


def cancel_send(c: Container) -> Callable[[str, Actor], list[Message]]:
    from functions.steps.sending.cancel_send import cancel_send

    return functools.partial(cancel_send, sends=c.get(sends), queue=c.get(send_queue), clock=c.clock)


def create_upload(c: Container) -> CreateUpload:
    from functions.steps.sending.create_upload import CreateUpload

    return CreateUpload(uploads=c.get(uploads), clock=c.clock, new_id=new_id)


def domain_mailer(c: Container) -> SetChoosingMailer:
    from functions.steps.sending.choose_set import SetChoosingMailer
    from functions.wiring.domains import read_domains

    return SetChoosingMailer(mailer=c.get(mailer), domains=c.get(read_domains))


def deliver_send(c: Container) -> DeliverSend:
    from functions.steps.sending.attempts import SendAttempts
    from functions.steps.sending.deliver import DeliverSend, template_cache
    from functions.steps.sending.throttle import ThrottledMailer
    from functions.wiring.templates import site_variables

    return DeliverSend(
        sends=c.get(sends),
        contacts=c.get(contacts),
        templates=template_cache(c.get(emails)),
        pauses=c.get(check_pause),
        attempts=SendAttempts(
            sends=c.get(sends),
            mailer=ThrottledMailer(
                mailer=c.get(domain_mailer),
                quotas=c.get(quota_store),
                clock=c.clock,
                sleep=waiting.sleep,
                lock=waiting.Lock(),
            ),
            events_recorded=lambda: _events_are_recorded(c),
            clock=c.clock,
            lease_seconds=c.settings.lease_seconds,
            grace_seconds=c.settings.grace_seconds,
        ),
        queue=c.get(send_queue),
        uploads=c.get(uploads),
        store_content=c.get(store_content),
        clock=c.clock,
        new_secret=new_secret,
        public_url=c.settings.public_url,
        site=c.get(site_variables),
        max_receives=c.settings.max_receives,
    )


def _events_are_recorded(c: Container) -> bool:
    """Imports and reads what was recorded at the first send of an unknown outcome."""
    from functions.wiring.events import check_recorded

    return c.get(check_recorded)()


def store_content(c: Container) -> StoreContent:
    from functions.steps.sending.store_content import StoreContent

    return StoreContent(
        contents=c.get(sent_contents), content_days=c.settings.content_days, retention_days=c.settings.retention_days
    )


def rebuild_mail(c: Container) -> RebuildMail:
    from functions.steps.sending.deliver import template_cache
    from functions.steps.sending.rebuild_mail import RebuildMail
    from functions.wiring.templates import site_variables

    return RebuildMail(
        sends=c.get(sends),
        contents=c.get(sent_contents),
        emails=c.get(emails),
        templates=template_cache(c.get(emails)),
        site=c.get(site_variables),
        clock=c.clock,
        public_url=c.settings.public_url,
        content_days=c.settings.content_days,
    )


def resend_mail(c: Container) -> ResendMail:
    from functions.steps.sending.resend_mail import ResendMail

    return ResendMail(
        rebuild=c.get(rebuild_mail),
        sends=c.get(sends),
        emails=c.get(emails),
        contacts=c.get(contacts),
        subscription_types=c.get(subscription_types),
        pauses=c.get(check_pause),
        queue=c.get(send_queue),
        clock=c.clock,
        new_id=new_id,
    )


def dry_run(c: Container) -> DryRun:
    from functions.steps.sending.deliver import template_cache
    from functions.steps.sending.dry_run import DryRun
    from functions.wiring.templates import site_variables

    return DryRun(
        acceptance=c.get(accept_send),
        contacts=c.get(contacts),
        templates=template_cache(c.get(emails)),
        uploads=c.get(uploads),
        clock=c.clock,
        public_url=c.settings.public_url,
        site=c.get(site_variables),
    )


def enqueue_due(c: Container) -> EnqueueDue:
    from functions.steps.sending.enqueue_due import EnqueueDue

    return EnqueueDue(
        sends=c.get(sends),
        queue=c.get(send_queue),
        due=c.get(find_due),
        watermark=c.get(due_watermark),
        clock=c.clock,
    )


def find_due(c: Container) -> FindDue:
    from functions.steps.sending.enqueue_due import FindDue

    return FindDue(
        messages=c.get(message_index),
        watermark=c.get(due_watermark),
        clock=c.clock,
    )
