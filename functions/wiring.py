"""Settings → adapters → steps. The only file that names adapters; each thing is made on first use and kept for the worker's life."""

from __future__ import annotations

import functools
import secrets
import time
import uuid
from functools import cached_property
from typing import TYPE_CHECKING

from functions.adapters.clients import Clients
from functions.adapters.dynamo_emails import DynamoEmails
from functions.adapters.dynamo_keys import DynamoApiKeys
from functions.adapters.dynamo_metrics import DynamoMetrics
from functions.adapters.dynamo_sends import DynamoSends
from functions.adapters.ses_mailer import SesMailer
from functions.adapters.sqs_queue import SqsSendQueue
from functions.settings import Settings
from functions.steps.accept import Acceptance
from functions.steps.authorize import Authorization
from functions.steps.deliver import Delivery, templates
from functions.steps.issue_key import KeyIssue

if TYPE_CHECKING:
    from functions.steps.publish import Publication  # its compilers are no part of the hot path


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
        return Authorization(self.api_keys, time.monotonic)

    @cached_property
    def delivery(self) -> Delivery:
        return Delivery(
            sends=self.sends,
            templates=templates(self.emails),
            mailer=self.mailer,
            queue=self.send_queue,
            clock=self.clock,
            lease_seconds=self.settings.lease_seconds,
            grace_seconds=self.settings.grace_seconds,
            max_receives=self.settings.max_receives,
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
