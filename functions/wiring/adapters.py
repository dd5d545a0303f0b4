"""Settings → adapters. The only file that names them; each is imported and made on first use, and kept for the worker's life."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from functions.adapters.access.api_keys import DynamoApiKeys
from functions.adapters.access.rate_limits import DynamoBuckets
from functions.adapters.aws.clients import Clients
from functions.adapters.contacts.contacts import DynamoContacts, DynamoSubscriptionTypes
from functions.adapters.emails.emails import DynamoEmails
from functions.adapters.sending.send_queue import SqsSendQueue
from functions.adapters.sending.sends import DynamoSends
from functions.adapters.sending.uploads import S3Uploads
from functions.settings import Settings

if TYPE_CHECKING:
    from functions.adapters.access.audit import DynamoAudit
    from functions.adapters.account.pause import DynamoAccountPause
    from functions.adapters.account.send_quota import DynamoGovernors
    from functions.adapters.events.archive import S3Events
    from functions.adapters.sending.mailer import SesMailer
    from functions.adapters.sending.message_index import DynamoListings
    from functions.adapters.statistics.counters import DynamoMetrics
    from functions.adapters.tokens.smtp_tokens import DynamoSmtpTokens
    from functions.adapters.tokens.smtp_users import IamSmtpUsers
    from functions.adapters.webhooks.webhook_client import HttpReceivers
    from functions.adapters.webhooks.webhook_queue import SqsWebhookQueue
    from functions.adapters.webhooks.webhook_secrets import SsmWebhookSecrets
    from functions.adapters.webhooks.webhooks import DynamoWebhookDeliveries, DynamoWebhookEndpoints


class Adapters:
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
    def contacts(self) -> DynamoContacts:
        return DynamoContacts(self.clients.dynamodb, self.settings.contacts_table)

    @cached_property
    def subscription_types(self) -> DynamoSubscriptionTypes:
        return DynamoSubscriptionTypes(self.clients.dynamodb, self.settings.contacts_table)

    @cached_property
    def api_keys(self) -> DynamoApiKeys:
        return DynamoApiKeys(self.clients.dynamodb, self.settings.tokens_table)

    @cached_property
    def buckets(self) -> DynamoBuckets:
        return DynamoBuckets(self.clients.dynamodb, self.settings.tokens_table)

    @cached_property
    def metrics(self) -> DynamoMetrics:
        from functions.adapters.statistics.counters import DynamoMetrics

        return DynamoMetrics(self.clients.dynamodb, self.settings.metrics_table)

    @cached_property
    def audit(self) -> DynamoAudit:
        from functions.adapters.access.audit import DynamoAudit

        return DynamoAudit(self.clients.dynamodb, self.settings.audit_table)

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
    def uploads(self) -> S3Uploads:
        return S3Uploads(lambda: self.clients.s3, self.settings.payload_bucket)

    @cached_property
    def mailer(self) -> SesMailer:
        from functions.adapters.sending.mailer import SesMailer

        given = self.settings
        return SesMailer(self.clients.sesv2, given.transactional_configuration_set, given.marketing_configuration_set)

    @cached_property
    def governors(self) -> DynamoGovernors:
        from functions.adapters.account.send_quota import DynamoGovernors

        return DynamoGovernors(self.clients.dynamodb, self.settings.metrics_table)

    @cached_property
    def account_pause(self) -> DynamoAccountPause:
        from functions.adapters.account.pause import DynamoAccountPause

        return DynamoAccountPause(self.clients.dynamodb, self.settings.metrics_table)

    @cached_property
    def smtp_tokens(self) -> DynamoSmtpTokens:
        from functions.adapters.tokens.smtp_tokens import DynamoSmtpTokens

        return DynamoSmtpTokens(self.clients.dynamodb, self.settings.tokens_table)

    @cached_property
    def raw_events(self) -> S3Events:
        from functions.adapters.events.archive import S3Events

        return S3Events(lambda: self.clients.s3, self.settings.events_bucket)

    @cached_property
    def listings(self) -> DynamoListings:
        from functions.adapters.sending.message_index import DynamoListings

        return DynamoListings(self.clients.dynamodb, self.settings.sends_table)

    @cached_property
    def smtp_users(self) -> IamSmtpUsers:
        from functions.adapters.tokens.smtp_users import IamSmtpUsers

        given = self.settings
        return IamSmtpUsers(
            client=self.clients.iam,
            path=given.smtp_path,
            boundary_arn=given.smtp_boundary_arn,
            identity_arn=given.identity_arn,
            configuration_set_arn=given.transactional_configuration_set_arn,
        )

    @cached_property
    def webhook_endpoints(self) -> DynamoWebhookEndpoints:
        from functions.adapters.webhooks.webhooks import DynamoWebhookEndpoints

        return DynamoWebhookEndpoints(self.clients.dynamodb, self.settings.webhooks_table)

    @cached_property
    def webhook_deliveries(self) -> DynamoWebhookDeliveries:
        from functions.adapters.webhooks.webhooks import DynamoWebhookDeliveries

        return DynamoWebhookDeliveries(self.clients.dynamodb, self.settings.webhooks_table, self.clock)

    @cached_property
    def webhook_secrets(self) -> SsmWebhookSecrets:
        from functions.adapters.webhooks.webhook_secrets import SsmWebhookSecrets

        return SsmWebhookSecrets(self.clients.ssm, self.settings.webhook_secrets_prefix)

    @cached_property
    def webhook_queue(self) -> SqsWebhookQueue:
        from functions.adapters.webhooks.webhook_queue import SqsWebhookQueue

        return SqsWebhookQueue(self.clients.sqs, self.settings.webhook_queue_url)

    @cached_property
    def receivers(self) -> HttpReceivers:
        from functions.adapters.webhooks.webhook_client import HttpReceivers

        return HttpReceivers(localhost=bool(self.settings.webhooks_to_localhost))
