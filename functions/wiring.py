"""Settings → adapters → steps. The only file that names adapters; each thing is made on first use and kept for the worker's life."""

from __future__ import annotations

import functools
import secrets
import time
import uuid
from functools import cached_property
from typing import TYPE_CHECKING

from functions.adapters.clients import Clients
from functions.adapters.dynamo_buckets import DynamoBuckets
from functions.adapters.dynamo_emails import DynamoEmails
from functions.adapters.dynamo_keys import DynamoApiKeys
from functions.adapters.dynamo_metrics import DynamoMetrics
from functions.adapters.dynamo_sends import DynamoSends
from functions.adapters.ses_mailer import SesMailer
from functions.adapters.sqs_queue import SqsSendQueue
from functions.settings import Settings
from functions.steps.accept import Acceptance
from functions.steps.authorize import Authorization
from functions.steps.issue_key import KeyIssue
from functions.steps.limit_rate import RateLimit

if TYPE_CHECKING:  # what renders or compiles is imported on first use: accepting a send does neither
    from functions.adapters.dynamo_governor import DynamoGovernors
    from functions.core.governor import Governor
    from functions.steps.deliver import Delivery
    from functions.steps.publish import Publication
    from functions.steps.redrive import Redrive
    from functions.steps.rehearse import Rehearsal
    from functions.steps.schedule import DueSends
    from functions.steps.sweep import Sweep


class Wiring:
    def __init__(self, settings: Settings, clients: Clients) -> None:
        self.settings = settings
        self.clients = clients
        self.clock = time.time

    @cached_property
    def sends(self) -> DynamoSends:
        return DynamoSends(self.clients.dynamodb, self.settings.sends_table, self.settings.retention_days)

    @cached_property
    def emails(self) -> DynamoEmails:
        return DynamoEmails(self.clients.dynamodb, self.settings.emails_table)

    @cached_property
    def api_keys(self) -> DynamoApiKeys:
        return DynamoApiKeys(self.clients.dynamodb, self.settings.tokens_table)

    @cached_property
    def buckets(self) -> DynamoBuckets:
        return DynamoBuckets(self.clients.dynamodb, self.settings.tokens_table)

    @cached_property
    def metrics(self) -> DynamoMetrics:
        return DynamoMetrics(self.clients.dynamodb, self.settings.metrics_table)

    @cached_property
    def send_queue(self) -> SqsSendQueue:
        return SqsSendQueue(
            sqs=self.clients.sqs,
            s3=lambda: self.clients.s3,
            queue_url=self.settings.send_queue_url,
            dead_letter_queue_url=self.settings.dead_letter_queue_url,
            bucket=self.settings.payload_bucket,
        )

    @cached_property
    def mailer(self) -> SesMailer:
        given = self.settings
        return SesMailer(self.clients.sesv2, given.transactional_configuration_set, given.marketing_configuration_set)

    @cached_property
    def governors(self) -> DynamoGovernors:
        from functions.adapters.dynamo_governor import DynamoGovernors

        return DynamoGovernors(self.clients.dynamodb, self.settings.metrics_table)

    @cached_property
    def acceptance(self) -> Acceptance:
        return Acceptance(
            domain=self.settings.domain,
            sends=self.sends,
            emails=self.emails,
            queue=self.send_queue,
            clock=self.clock,
            new_id=lambda: str(uuid.uuid4()),
        )

    @cached_property
    def authorization(self) -> Authorization:
        return Authorization(self.api_keys, self.clock)

    @cached_property
    def rate_limit(self) -> RateLimit:
        return RateLimit(self.buckets, self.clock)

    @cached_property
    def delivery(self) -> Delivery:
        from functions.steps.deliver import Delivery, templates
        from functions.steps.govern import Governed

        governed = Governed(mailer=self.mailer, governors=self.governors, clock=self.clock, sleep=time.sleep)
        return Delivery(
            sends=self.sends,
            templates=templates(self.emails),
            mailer=governed,
            queue=self.send_queue,
            clock=self.clock,
            lease_seconds=self.settings.lease_seconds,
            grace_seconds=self.settings.grace_seconds,
            max_receives=self.settings.max_receives,
        )

    @cached_property
    def sweep(self) -> Sweep:
        from functions.steps.sweep import Sweep

        return Sweep(
            sends=self.sends,
            metrics=self.metrics,
            queue=self.send_queue,
            clock=self.clock,
            grace_seconds=self.settings.grace_seconds,
        )

    @cached_property
    def rehearsal(self) -> Rehearsal:
        from functions.steps.deliver import templates
        from functions.steps.rehearse import Rehearsal

        return Rehearsal(acceptance=self.acceptance, templates=templates(self.emails), clock=self.clock)

    @cached_property
    def due_sends(self) -> DueSends:
        from functions.steps.schedule import DueSends

        return DueSends(sends=self.sends, queue=self.send_queue, clock=self.clock)

    def tell_quota(self) -> Governor:
        from functions.adapters.ses_account import SesAccount
        from functions.steps.govern import tell_quota

        return tell_quota(account=SesAccount(self.clients.sesv2), governors=self.governors, clock=self.clock)

    @cached_property
    def redrive(self) -> Redrive:
        from functions.adapters.sqs_dead_letters import SqsDeadLetters
        from functions.steps.redrive import Redrive

        letters = SqsDeadLetters(self.clients.sqs, self.send_queue, self.settings.dead_letter_queue_url)
        return Redrive(
            letters=letters,
            sends=self.sends,
            queue=self.send_queue,
            clock=self.clock,
            grace_seconds=self.settings.grace_seconds,
        )

    @cached_property
    def publication(self) -> Publication:
        from functions.steps.publish import Publication

        return Publication(domain=self.settings.domain, emails=self.emails, clock=self.clock)

    @cached_property
    def key_issue(self) -> KeyIssue:
        return KeyIssue(api_keys=self.api_keys, clock=self.clock, new_secret=lambda: secrets.token_urlsafe(32))


@functools.cache
def wired() -> Wiring:
    """The wiring of this Lambda function, from its environment."""
    return Wiring(Settings.from_env(), Clients())
