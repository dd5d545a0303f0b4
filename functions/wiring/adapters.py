"""Settings → adapters. The only file that names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.adapters.access.api_keys import DynamoApiKeys
from functions.adapters.access.rate_limits import DynamoBuckets
from functions.adapters.contacts.contacts import DynamoContacts, DynamoSubscriptionTypes
from functions.adapters.emails.emails import DynamoEmails
from functions.adapters.sending.send_queue import SqsSendQueue
from functions.adapters.sending.sends import DynamoSends
from functions.adapters.sending.uploads import S3Uploads
from functions.wiring.clients import dynamodb, events, iam, s3, sesv2, sesv2_suppression, sqs, ssm

if TYPE_CHECKING:
    from functions.adapters.access.audit import DynamoAudit
    from functions.adapters.account.dead_letters import SqsDeadLetters
    from functions.adapters.account.pause import DynamoAccountPause
    from functions.adapters.account.send_quota import DynamoGovernors
    from functions.adapters.account.sending_account import SesAccount
    from functions.adapters.contacts.erasure import DynamoErasureOrders, DynamoPersonalMessages
    from functions.adapters.contacts.suppressions import SesSuppressions
    from functions.adapters.events.archive import S3Events
    from functions.adapters.sending.mailer import SesMailer
    from functions.adapters.sending.message_index import DynamoListings
    from functions.adapters.sending.message_scan import DynamoCensus
    from functions.adapters.sending.messages_by_email import DynamoAccepted
    from functions.adapters.statistics.counters import DynamoMetrics
    from functions.adapters.templates.partials import DynamoPartials
    from functions.adapters.tokens.smtp_tokens import DynamoSmtpTokens
    from functions.adapters.tokens.smtp_users import IamSmtpUsers
    from functions.adapters.webhooks.event_bridge import EventBridge
    from functions.adapters.webhooks.webhook_client import HttpReceivers
    from functions.adapters.webhooks.webhook_queue import SqsWebhookQueue
    from functions.adapters.webhooks.webhook_secrets import SsmWebhookSecrets
    from functions.adapters.webhooks.webhooks import DynamoWebhookDeliveries, DynamoWebhookEndpoints
    from functions.wiring.container import Container


# Sending


def sends(c: Container) -> DynamoSends:
    return DynamoSends(c.get(dynamodb), c.settings.sends_table, c.settings.retention_days)


def send_queue(c: Container) -> SqsSendQueue:
    return SqsSendQueue(
        sqs=c.get(sqs),
        s3=lambda: c.get(s3),
        queue_url=c.settings.send_queue_url,
        dead_letter_queue_url=c.settings.dead_letter_queue_url,
        bucket=c.settings.payload_bucket,
    )


def uploads(c: Container) -> S3Uploads:
    return S3Uploads(lambda: c.get(s3), c.settings.payload_bucket)


def mailer(c: Container) -> SesMailer:
    from functions.adapters.sending.mailer import SesMailer

    return SesMailer(c.get(sesv2), c.settings.transactional_configuration_set, c.settings.marketing_configuration_set)


def listings(c: Container) -> DynamoListings:
    from functions.adapters.sending.message_index import DynamoListings

    return DynamoListings(c.get(dynamodb), c.settings.sends_table)


def accepted(c: Container) -> DynamoAccepted:
    from functions.adapters.sending.messages_by_email import DynamoAccepted

    return DynamoAccepted(c.get(dynamodb), c.settings.sends_table)


def census(c: Container) -> DynamoCensus:
    from functions.adapters.sending.message_scan import DynamoCensus

    return DynamoCensus(c.get(dynamodb), c.settings.sends_table)


# Emails and templates


def emails(c: Container) -> DynamoEmails:
    return DynamoEmails(c.get(dynamodb), c.settings.emails_table)


def partials(c: Container) -> DynamoPartials:
    from functions.adapters.templates.partials import DynamoPartials

    return DynamoPartials(c.get(dynamodb), c.settings.emails_table)


# Contacts


def contacts(c: Container) -> DynamoContacts:
    return DynamoContacts(c.get(dynamodb), c.settings.contacts_table)


def subscription_types(c: Container) -> DynamoSubscriptionTypes:
    return DynamoSubscriptionTypes(c.get(dynamodb), c.settings.contacts_table)


def erasure_orders(c: Container) -> DynamoErasureOrders:
    from functions.adapters.contacts.erasure import DynamoErasureOrders

    return DynamoErasureOrders(c.get(dynamodb), c.settings.contacts_table)


def personal_messages(c: Container) -> DynamoPersonalMessages:
    from functions.adapters.contacts.erasure import DynamoPersonalMessages

    return DynamoPersonalMessages(c.get(dynamodb), c.settings.sends_table, c.settings.retention_days)


def suppressions(c: Container) -> SesSuppressions:
    from functions.adapters.contacts.suppressions import SesSuppressions

    return SesSuppressions(c.get(sesv2_suppression))


# Events and statistics


def raw_events(c: Container) -> S3Events:
    from functions.adapters.events.archive import S3Events

    return S3Events(lambda: c.get(s3), c.settings.events_bucket)


def metrics(c: Container) -> DynamoMetrics:
    from functions.adapters.statistics.counters import DynamoMetrics

    return DynamoMetrics(c.get(dynamodb), c.settings.metrics_table)


# SMTP tokens


def smtp_tokens(c: Container) -> DynamoSmtpTokens:
    from functions.adapters.tokens.smtp_tokens import DynamoSmtpTokens

    return DynamoSmtpTokens(c.get(dynamodb), c.settings.tokens_table)


def smtp_users(c: Container) -> IamSmtpUsers:
    from functions.adapters.tokens.smtp_users import IamSmtpUsers

    return IamSmtpUsers(
        client=c.get(iam),
        path=c.settings.smtp_path,
        boundary_arn=c.settings.smtp_boundary_arn,
        identity_arn=c.settings.identity_arn,
        configuration_set_arn=c.settings.transactional_configuration_set_arn,
    )


# Webhooks


def webhook_endpoints(c: Container) -> DynamoWebhookEndpoints:
    from functions.adapters.webhooks.webhooks import DynamoWebhookEndpoints

    return DynamoWebhookEndpoints(c.get(dynamodb), c.settings.webhooks_table)


def webhook_deliveries(c: Container) -> DynamoWebhookDeliveries:
    from functions.adapters.webhooks.webhooks import DynamoWebhookDeliveries

    return DynamoWebhookDeliveries(c.get(dynamodb), c.settings.webhooks_table, c.clock)


def webhook_secrets(c: Container) -> SsmWebhookSecrets:
    from functions.adapters.webhooks.webhook_secrets import SsmWebhookSecrets

    return SsmWebhookSecrets(c.get(ssm), c.settings.webhook_secrets_prefix)


def webhook_queue(c: Container) -> SqsWebhookQueue:
    from functions.adapters.webhooks.webhook_queue import SqsWebhookQueue

    return SqsWebhookQueue(c.get(sqs), c.settings.webhook_queue_url)


def receivers(c: Container) -> HttpReceivers:
    from functions.adapters.webhooks.webhook_client import HttpReceivers

    return HttpReceivers(localhost=bool(c.settings.webhooks_to_localhost))


def event_bridge(c: Container) -> EventBridge:
    from functions.adapters.webhooks.event_bridge import EventBridge

    return EventBridge(c.get(events), c.settings.stage)


# Access


def api_keys(c: Container) -> DynamoApiKeys:
    return DynamoApiKeys(c.get(dynamodb), c.settings.tokens_table)


def rate_limits(c: Container) -> DynamoBuckets:
    return DynamoBuckets(c.get(dynamodb), c.settings.tokens_table)


def audit(c: Container) -> DynamoAudit:
    from functions.adapters.access.audit import DynamoAudit

    return DynamoAudit(c.get(dynamodb), c.settings.audit_table)


# Account


def send_quotas(c: Container) -> DynamoGovernors:
    from functions.adapters.account.send_quota import DynamoGovernors

    return DynamoGovernors(c.get(dynamodb), c.settings.metrics_table)


def account_pause(c: Container) -> DynamoAccountPause:
    from functions.adapters.account.pause import DynamoAccountPause

    return DynamoAccountPause(c.get(dynamodb), c.settings.metrics_table)


def sending_account(c: Container) -> SesAccount:
    from functions.adapters.account.sending_account import SesAccount

    return SesAccount(c.get(sesv2))


def dead_letters(c: Container) -> SqsDeadLetters:
    from functions.adapters.account.dead_letters import SqsDeadLetters

    return SqsDeadLetters(c.get(sqs), c.get(send_queue), c.settings.dead_letter_queue_url)
