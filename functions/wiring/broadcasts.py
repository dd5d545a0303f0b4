"""Broadcasts: one email to many."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from functions.wiring.adapters.account import quota_store
from functions.wiring.adapters.broadcasts import (
    broadcast_dead_letters,
    broadcast_files,
    broadcast_pages,
    broadcast_queue,
    broadcast_store,
)
from functions.wiring.adapters.contacts import contact_lists, contacts, list_members, subscription_types
from functions.wiring.adapters.emails import emails
from functions.wiring.adapters.sending import message_index, sends, uploads
from functions.wiring.contacts import contact_records, evaluate_lists
from functions.wiring.emails import edit_emails, publish_email, send_test
from functions.wiring.events import check_recorded
from functions.wiring.random_ids import new_id, new_secret
from functions.wiring.sending import check_pause
from functions.wiring.templates import site_variables

if TYPE_CHECKING:
    from functions.steps.broadcasts.check import CheckBroadcast
    from functions.steps.broadcasts.draft_broadcasts import DraftBroadcasts
    from functions.steps.broadcasts.edit_broadcasts import BroadcastEditor
    from functions.steps.broadcasts.prepare import PrepareBroadcast
    from functions.steps.broadcasts.preview import PreviewBroadcast
    from functions.steps.broadcasts.publish_batch import PublishBatch
    from functions.steps.broadcasts.read_audience import ReadAudience
    from functions.steps.broadcasts.recount import NoteOutcomes, RecountPage
    from functions.steps.broadcasts.redrive import RedriveBroadcasts
    from functions.steps.broadcasts.release import EnqueueDueBroadcasts, ReleaseBroadcast
    from functions.steps.broadcasts.report import ReportBroadcast
    from functions.steps.broadcasts.send_page import SendPage
    from functions.steps.sending.deliver import Templates
    from functions.wiring.container import Container


def read_audience(c: Container) -> ReadAudience:
    from functions.steps.broadcasts.read_audience import ReadAudience

    return ReadAudience(members=c.get(list_members), files=c.get(broadcast_files))


def templates(c: Container) -> Templates:
    from functions.steps.sending.deliver import template_cache

    return template_cache(c.get(emails))


def draft_broadcasts(c: Container) -> DraftBroadcasts:
    from functions.steps.broadcasts.draft_broadcasts import DraftBroadcasts

    return DraftBroadcasts(
        emails=c.get(emails),
        lists=c.get(contact_lists),
        records=c.get(contact_records),
        subscription_types=c.get(subscription_types),
        pauses=c.get(check_pause),
        uploads=c.get(uploads),
        audience=c.get(read_audience),
        clock=c.clock,
    )


def edit_broadcasts(c: Container) -> BroadcastEditor:
    from functions.steps.broadcasts.edit_broadcasts import BroadcastEditor

    return BroadcastEditor(
        broadcasts=c.get(broadcast_store),
        pages=c.get(broadcast_pages),
        queue=c.get(broadcast_queue),
        drafts=c.get(draft_broadcasts),
        emails=c.get(emails),
        clock=c.clock,
        new_id=new_id,
    )


def publish_batch(c: Container) -> PublishBatch:
    from functions.steps.broadcasts.publish_batch import PublishBatch

    return PublishBatch(
        emails=c.get(edit_emails),
        editor=c.get(edit_broadcasts),
        broadcasts=c.get(broadcast_store),
        compiled=lambda draft: c.get(publish_email).compiled(draft, sendable=True),
        starters=c.get(edit_emails).starters,
        clock=c.clock,
    )


def check_broadcast(c: Container) -> CheckBroadcast:
    from functions.steps.broadcasts.check import CheckBroadcast

    return CheckBroadcast(
        broadcasts=c.get(broadcast_store),
        queue=c.get(broadcast_queue),
        audience=c.get(read_audience),
        contacts=c.get(contacts),
        emails=c.get(emails),
        templates=c.get(templates),
        lists=c.get(evaluate_lists),
        clock=c.clock,
        new_id=new_id,
    )


def preview_broadcast(c: Container) -> PreviewBroadcast:
    from functions.steps.broadcasts.preview import PreviewBroadcast

    return PreviewBroadcast(
        latest_check=c.get(check_broadcast).latest,
        audience=c.get(read_audience),
        contacts=c.get(contacts),
        emails=c.get(emails),
        templates=c.get(templates),
        send_test=c.get(send_test),
        clock=c.clock,
        public_url=c.settings.public_url,
        site=c.get(site_variables),
    )


def prepare_broadcast(c: Container) -> PrepareBroadcast:
    from functions.steps.broadcasts.prepare import PrepareBroadcast

    return PrepareBroadcast(
        broadcasts=c.get(broadcast_store),
        pages=c.get(broadcast_pages),
        files=c.get(broadcast_files),
        queue=c.get(broadcast_queue),
        audience=c.get(read_audience),
        contacts=c.get(contacts),
        lists=c.get(evaluate_lists),
        clock=c.clock,
        lease_seconds=c.settings.lease_seconds,
    )


def release_broadcast(c: Container) -> ReleaseBroadcast:
    from functions.steps.broadcasts.release import ReleaseBroadcast

    return ReleaseBroadcast(
        broadcasts=c.get(broadcast_store),
        pages=c.get(broadcast_pages),
        queue=c.get(broadcast_queue),
        emails=c.get(emails),
        clock=c.clock,
    )


def enqueue_due_broadcasts(c: Container) -> EnqueueDueBroadcasts:
    from functions.steps.broadcasts.release import EnqueueDueBroadcasts

    return EnqueueDueBroadcasts(broadcasts=c.get(broadcast_store), queue=c.get(broadcast_queue), clock=c.clock)


def send_page(c: Container) -> SendPage:
    """Gives one recipient after the other their turn. The Lambda file gives several at once."""
    from functions.core.sending.throttle import Priority
    from functions.steps.broadcasts.send_page import SendPage
    from functions.steps.sending.attempts import SendAttempts
    from functions.steps.sending.throttle import ThrottledMailer
    from functions.wiring.sending import domain_mailer

    ses = c.get(domain_mailer)
    return SendPage(
        broadcasts=c.get(broadcast_store),
        pages=c.get(broadcast_pages),
        files=c.get(broadcast_files),
        queue=c.get(broadcast_queue),
        sends=c.get(sends),
        messages=c.get(message_index),
        contacts=c.get(contacts),
        templates=c.get(templates),
        pauses=c.get(check_pause),
        rate=ThrottledMailer(
            mailer=ses, quotas=c.get(quota_store), clock=c.clock, sleep=time.sleep, priority=Priority.BULK
        ),
        attempts=SendAttempts(
            sends=c.get(sends),
            mailer=ses,
            events_recorded=c.get(check_recorded),
            clock=c.clock,
            lease_seconds=c.settings.lease_seconds,
            grace_seconds=c.settings.grace_seconds,
        ),
        clock=c.clock,
        new_secret=new_secret,
        public_url=c.settings.public_url,
        site=c.get(site_variables),
        max_attempts=c.settings.max_receives,
    )


def note_outcomes(c: Container) -> NoteOutcomes:
    from functions.steps.broadcasts.recount import NoteOutcomes

    return NoteOutcomes(queue=c.get(broadcast_queue))


def recount_page(c: Container) -> RecountPage:
    from functions.steps.broadcasts.recount import RecountPage

    return RecountPage(
        broadcasts=c.get(broadcast_store),
        pages=c.get(broadcast_pages),
        files=c.get(broadcast_files),
        messages=c.get(message_index),
    )


def report_broadcast(c: Container) -> ReportBroadcast:
    from functions.steps.broadcasts.report import ReportBroadcast

    return ReportBroadcast(
        broadcasts=c.get(broadcast_store),
        pages=c.get(broadcast_pages),
        files=c.get(broadcast_files),
        messages=c.get(message_index),
    )


def redrive_broadcasts(c: Container) -> RedriveBroadcasts:
    from functions.steps.broadcasts.redrive import RedriveBroadcasts

    return RedriveBroadcasts(
        letters=c.get(broadcast_dead_letters),
        queue=c.get(broadcast_queue),
        clock=c.clock,
    )
