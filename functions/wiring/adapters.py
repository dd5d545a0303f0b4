"""Settings → adapters. No other module names an adapter class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.adapters import schema
from functions.wiring.clients import (
    cloudwatch,
    cognito,
    dynamodb,
    edge_cloudformation,
    events,
    iam,
    lambda_,
    put_event_object,
    s3,
    sesv2,
    sesv2_account,
    sqs,
    ssm,
)

if TYPE_CHECKING:
    from functions.adapters.access.api_keys import DynamoApiKeys
    from functions.adapters.access.audit import DynamoAuditEntries
    from functions.adapters.access.rate_limits import DynamoTokenBuckets
    from functions.adapters.access.sent_forms import DynamoSentForms
    from functions.adapters.access.sessions import DynamoSessions
    from functions.adapters.access.user_directory import CognitoUserDirectory
    from functions.adapters.access.users import DynamoUsers
    from functions.adapters.account.alarms import CloudWatchAlarms
    from functions.adapters.account.dead_letters import SqsDeadLetters
    from functions.adapters.account.dedicated_ips import SesDedicatedIps
    from functions.adapters.account.pause import DynamoAccountPause
    from functions.adapters.account.reverse_dns import DnsReverse
    from functions.adapters.account.send_quota import DynamoQuotaStore
    from functions.adapters.account.sending_account import SesAccount
    from functions.adapters.account.sweep_position import DynamoSweepPosition
    from functions.adapters.automations.automation_queue import SqsAutomationQueue
    from functions.adapters.automations.automations import DynamoAutomations, DynamoStepCounts
    from functions.adapters.automations.runs import DynamoRuns
    from functions.adapters.broadcasts.broadcasts import DynamoBroadcastPages, DynamoBroadcasts
    from functions.adapters.broadcasts.dead_letters import SqsBroadcastDeadLetters
    from functions.adapters.broadcasts.files import S3BroadcastFiles
    from functions.adapters.broadcasts.queue import SqsBroadcastQueue
    from functions.adapters.contacts.contact_directory import DynamoContactDirectory
    from functions.adapters.contacts.contact_lists import DynamoContactLists, DynamoListMembers
    from functions.adapters.contacts.contacts import DynamoContacts, DynamoSubscriptionTypes
    from functions.adapters.contacts.erasure_requests import DynamoErasureRequests
    from functions.adapters.contacts.imports import DynamoContactImports, S3ImportFiles
    from functions.adapters.contacts.property_definitions import DynamoPropertyDefinitions
    from functions.adapters.contacts.suppressions import SesSuppressions
    from functions.adapters.domains.configuration_sets import SesConfigurationSets
    from functions.adapters.domains.dns import DnsResolver
    from functions.adapters.domains.domains import DynamoDomains
    from functions.adapters.domains.identities import SesIdentityStore
    from functions.adapters.domains.tracking_hosts import SesTrackingHosts
    from functions.adapters.emails.emails import DynamoEmails
    from functions.adapters.emails.images import StoredImages
    from functions.adapters.emails.presence import DynamoPresence
    from functions.adapters.events.archive import S3EventArchive
    from functions.adapters.events.events_queue import SqsEventsQueue
    from functions.adapters.events.recording_progress import DynamoRecordingProgress
    from functions.adapters.sending.due_watermark import DynamoDueWatermark
    from functions.adapters.sending.listings import DynamoListings
    from functions.adapters.sending.mailer import SesMailer
    from functions.adapters.sending.message_index import DynamoMessageIndex
    from functions.adapters.sending.send_queue import SqsSendQueue
    from functions.adapters.sending.sends import DynamoSends
    from functions.adapters.sending.sent_contents import DynamoSentContents
    from functions.adapters.sending.uploads import S3Uploads
    from functions.adapters.statistics.counters import DynamoCounters
    from functions.adapters.statistics.counting_lag import CloudWatchCountingLag
    from functions.adapters.templates.partials import DynamoPartials
    from functions.adapters.templates.site_settings import DynamoSiteSettings
    from functions.adapters.tokens.smtp_tokens import DynamoSmtpTokens
    from functions.adapters.tokens.smtp_users import IamSmtpUsers
    from functions.adapters.tokens.token_changes import LambdaTokenChanges
    from functions.adapters.webhooks.event_bridge import EventBridge
    from functions.adapters.webhooks.unpublished_changes import SqsUnpublishedChanges
    from functions.adapters.webhooks.webhook_client import HttpWebhookClient
    from functions.adapters.webhooks.webhook_queue import SqsWebhookQueue
    from functions.adapters.webhooks.webhook_secrets import SsmWebhookSecrets
    from functions.adapters.webhooks.webhooks import DynamoWebhookDeliveries, DynamoWebhookEndpoints
    from functions.wiring.container import Container


# Sending


def sends(c: Container) -> DynamoSends:
    from functions.adapters.sending.sends import DynamoSends

    return DynamoSends(c.get(dynamodb), c.settings.sends_table, c.settings.retention_days)


def send_queue(c: Container) -> SqsSendQueue:
    from functions.adapters.sending.send_queue import SqsSendQueue

    return SqsSendQueue(
        sqs=c.get(sqs),
        s3=lambda: c.get(s3),
        queue_url=c.settings.send_queue_url,
        dead_letter_queue_url=c.settings.dead_letter_queue_url,
        bucket=c.settings.payload_bucket,
    )


def uploads(c: Container) -> S3Uploads:
    from functions.adapters.sending.uploads import S3Uploads

    return S3Uploads(lambda: c.get(s3), c.settings.payload_bucket)


def mailer(c: Container) -> SesMailer:
    from functions.adapters.sending.mailer import SesMailer

    return SesMailer(c.get(sesv2), c.settings.transactional_configuration_set, c.settings.marketing_configuration_set)


def sent_contents(c: Container) -> DynamoSentContents:
    from functions.adapters.sending.sent_contents import DynamoSentContents

    return DynamoSentContents(c.get(dynamodb), c.settings.content_table)


def message_index(c: Container) -> DynamoMessageIndex:
    from functions.adapters.sending.message_index import DynamoMessageIndex

    return DynamoMessageIndex(c.get(dynamodb), c.settings.sends_table, c.get(listings))


def listings(c: Container) -> DynamoListings:
    from functions.adapters.sending.listings import DynamoListings

    return DynamoListings(c.get(dynamodb), c.settings.metrics_table, c.settings.retention_days)


def due_watermark(c: Container) -> DynamoDueWatermark:
    from functions.adapters.sending.due_watermark import DynamoDueWatermark

    return DynamoDueWatermark(c.get(dynamodb), c.settings.metrics_table)


# Emails and templates


def emails(c: Container) -> DynamoEmails:
    from functions.adapters.emails.emails import DynamoEmails

    return DynamoEmails(c.get(dynamodb), c.settings.emails_table)


def images(c: Container) -> StoredImages:
    from functions.adapters.emails.images import StoredImages

    settings = c.settings
    return StoredImages(
        c.get(dynamodb), settings.emails_table, lambda: c.get(s3), settings.images_bucket, settings.images_url
    )


def partials(c: Container) -> DynamoPartials:
    from functions.adapters.templates.partials import DynamoPartials

    return DynamoPartials(c.get(dynamodb), c.settings.emails_table)


def site_settings(c: Container) -> DynamoSiteSettings:
    from functions.adapters.templates.site_settings import DynamoSiteSettings

    return DynamoSiteSettings(c.get(dynamodb), c.settings.emails_table)


# Contacts


def contacts(c: Container) -> DynamoContacts:
    from functions.adapters.contacts.contacts import DynamoContacts

    return DynamoContacts(c.get(dynamodb), c.settings.contacts_table)


def contact_directory(c: Container) -> DynamoContactDirectory:
    from functions.adapters.contacts.contact_directory import DynamoContactDirectory

    return DynamoContactDirectory(c.get(dynamodb), c.settings.contacts_table)


def contact_lists(c: Container) -> DynamoContactLists:
    from functions.adapters.contacts.contact_lists import DynamoContactLists

    return DynamoContactLists(c.get(dynamodb), c.settings.audience_table)


def contact_imports(c: Container) -> DynamoContactImports:
    from functions.adapters.contacts.imports import DynamoContactImports

    return DynamoContactImports(c.get(dynamodb), c.settings.audience_table)


def import_files(c: Container) -> S3ImportFiles:
    from functions.adapters.contacts.imports import S3ImportFiles

    return S3ImportFiles(lambda: c.get(s3), c.settings.payload_bucket)


def list_members(c: Container) -> DynamoListMembers:
    from functions.adapters.contacts.contact_lists import DynamoListMembers

    return DynamoListMembers(c.get(dynamodb), c.settings.audience_table, c.clock)


def property_definitions(c: Container) -> DynamoPropertyDefinitions:
    from functions.adapters.contacts.property_definitions import DynamoPropertyDefinitions

    return DynamoPropertyDefinitions(c.get(dynamodb), c.settings.contacts_table)


def subscription_types(c: Container) -> DynamoSubscriptionTypes:
    from functions.adapters.contacts.contacts import DynamoSubscriptionTypes

    return DynamoSubscriptionTypes(c.get(dynamodb), c.settings.contacts_table)


def erasure_requests(c: Container) -> DynamoErasureRequests:
    from functions.adapters.contacts.erasure_requests import DynamoErasureRequests

    return DynamoErasureRequests(c.get(dynamodb), c.settings.metrics_table)


def suppressions(c: Container) -> SesSuppressions:
    from functions.adapters.contacts.suppressions import SesSuppressions

    return SesSuppressions(c.get(sesv2_account))


# Broadcasts


def broadcast_store(c: Container) -> DynamoBroadcasts:
    from functions.adapters.broadcasts.broadcasts import DynamoBroadcasts

    return DynamoBroadcasts(c.get(dynamodb), c.settings.audience_table)


def broadcast_pages(c: Container) -> DynamoBroadcastPages:
    from functions.adapters.broadcasts.broadcasts import DynamoBroadcastPages

    return DynamoBroadcastPages(c.get(dynamodb), c.settings.audience_table)


def broadcast_files(c: Container) -> S3BroadcastFiles:
    from functions.adapters.broadcasts.files import S3BroadcastFiles

    return S3BroadcastFiles(lambda: c.get(s3), c.settings.payload_bucket)


def broadcast_queue(c: Container) -> SqsBroadcastQueue:
    from functions.adapters.broadcasts.queue import SqsBroadcastQueue

    return SqsBroadcastQueue(c.get(sqs), c.settings.broadcast_queue_url, c.settings.broadcast_dead_letter_queue_url)


def broadcast_dead_letters(c: Container) -> SqsBroadcastDeadLetters:
    from functions.adapters.broadcasts.dead_letters import SqsBroadcastDeadLetters

    return SqsBroadcastDeadLetters(c.get(sqs), c.get(broadcast_queue), c.settings.broadcast_dead_letter_queue_url)


# Domains


def domains(c: Container) -> DynamoDomains:
    from functions.adapters.domains.domains import DynamoDomains

    return DynamoDomains(c.get(dynamodb), c.settings.metrics_table)


def ses_identities(c: Container) -> SesIdentityStore:
    from functions.adapters.domains.identities import SesIdentityStore

    return SesIdentityStore(
        client=c.get(sesv2_account),
        arn_prefix=c.settings.identities_arn,
        sender_tag=c.settings.sender_tag,
        default_set=c.settings.transactional_configuration_set,
    )


def configuration_sets(c: Container) -> SesConfigurationSets:
    from functions.adapters.domains.configuration_sets import SesConfigurationSets

    return SesConfigurationSets(c.get(sesv2_account))


def tracking_hosts(c: Container) -> SesTrackingHosts:
    from functions.adapters.domains.tracking_hosts import SesTrackingHosts

    settings = c.settings
    return SesTrackingHosts(
        client=c.get(sesv2_account),
        cloudformation=lambda: c.get(edge_cloudformation),
        default_set=settings.transactional_configuration_set,
        own_host=settings.tracking_host,
        stack=settings.tracking_stack,
        region=settings.region,
    )


def dns(c: Container) -> DnsResolver:
    from functions.adapters.domains.dns import DnsResolver

    return DnsResolver(c.settings.dns_server)


# Events and statistics


def event_archive(c: Container) -> S3EventArchive:
    from functions.adapters.events.archive import S3EventArchive

    return S3EventArchive(lambda: c.get(s3), c.settings.events_bucket, put_event_object(c))


def events_queue(c: Container) -> SqsEventsQueue:
    from functions.adapters.events.events_queue import SqsEventsQueue

    return SqsEventsQueue(c.get(sqs), c.settings.events_queue_url, c.settings.events_dead_letter_queue_url)


def recording_progress(c: Container) -> DynamoRecordingProgress:
    from functions.adapters.events.recording_progress import DynamoRecordingProgress

    return DynamoRecordingProgress(c.get(dynamodb), c.settings.metrics_table)


def counters(c: Container) -> DynamoCounters:
    from functions.adapters.statistics.counters import DynamoCounters

    return DynamoCounters(c.get(dynamodb), c.settings.metrics_table)


# SMTP tokens


def smtp_tokens(c: Container) -> DynamoSmtpTokens:
    from functions.adapters.tokens.smtp_tokens import DynamoSmtpTokens

    return DynamoSmtpTokens(c.get(dynamodb), c.settings.tokens_table)


def token_changes(c: Container) -> LambdaTokenChanges:
    from functions.adapters.tokens.token_changes import LambdaTokenChanges

    return LambdaTokenChanges(lambda: c.get(lambda_), c.settings.smtp_tokens_function)


def smtp_users(c: Container) -> IamSmtpUsers:
    from functions.adapters.tokens.smtp_users import IamSmtpUsers

    return IamSmtpUsers(
        client=c.get(iam),
        path=c.settings.smtp_path,
        boundary_arn=c.settings.smtp_boundary_arn,
        identities_arn=c.settings.identities_arn,
        configuration_sets_arn=c.settings.configuration_sets_arn,
        default_set=c.settings.transactional_configuration_set,
    )


# Automations


def automations(c: Container) -> DynamoAutomations:
    from functions.adapters.automations.automations import DynamoAutomations

    return DynamoAutomations(c.get(dynamodb), c.settings.automations_table)


def runs(c: Container) -> DynamoRuns:
    from functions.adapters.automations.runs import DynamoRuns

    return DynamoRuns(c.get(dynamodb), c.settings.automations_table, c.settings.retention_days)


def step_counts(c: Container) -> DynamoStepCounts:
    from functions.adapters.automations.automations import DynamoStepCounts

    return DynamoStepCounts(c.get(dynamodb), c.settings.automations_table)


def automation_queue(c: Container) -> SqsAutomationQueue:
    from functions.adapters.automations.automation_queue import SqsAutomationQueue

    return SqsAutomationQueue(c.get(sqs), c.settings.automation_queue_url)


def unsettled_position(c: Container) -> DynamoSweepPosition:
    from functions.adapters.account.sweep_position import DynamoSweepPosition

    return DynamoSweepPosition(c.get(dynamodb), c.settings.metrics_table, schema.UNSETTLED)


def reputation_position(c: Container) -> DynamoSweepPosition:
    from functions.adapters.account.sweep_position import DynamoSweepPosition

    return DynamoSweepPosition(c.get(dynamodb), c.settings.metrics_table, schema.REPUTATION)


def runs_watermark(c: Container) -> DynamoDueWatermark:
    from functions.adapters.sending.due_watermark import DynamoDueWatermark

    return DynamoDueWatermark(c.get(dynamodb), c.settings.metrics_table, schema.RUNS_DUE)


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


def unpublished_changes(c: Container) -> SqsUnpublishedChanges:
    from functions.adapters.webhooks.unpublished_changes import SqsUnpublishedChanges

    return SqsUnpublishedChanges(c.get(sqs), c.settings.unnotified_queue_url)


def webhook_client(c: Container) -> HttpWebhookClient:
    from functions.adapters.webhooks.webhook_client import HttpWebhookClient

    return HttpWebhookClient(localhost=bool(c.settings.webhooks_to_localhost))


def event_bridge(c: Container) -> EventBridge:
    from functions.adapters.webhooks.event_bridge import EventBridge

    return EventBridge(c.get(events), c.settings.stage)


# Access


def api_keys(c: Container) -> DynamoApiKeys:
    from functions.adapters.access.api_keys import DynamoApiKeys

    return DynamoApiKeys(c.get(dynamodb), c.settings.tokens_table)


def token_buckets(c: Container) -> DynamoTokenBuckets:
    from functions.adapters.access.rate_limits import DynamoTokenBuckets

    return DynamoTokenBuckets(c.get(dynamodb), c.settings.tokens_table)


def audit_entries(c: Container) -> DynamoAuditEntries:
    from functions.adapters.access.audit import DynamoAuditEntries

    return DynamoAuditEntries(c.get(dynamodb), c.settings.audit_table)


def users(c: Container) -> DynamoUsers:
    from functions.adapters.access.users import DynamoUsers

    return DynamoUsers(c.get(dynamodb), c.settings.access_table)


def sessions(c: Container) -> DynamoSessions:
    from functions.adapters.access.sessions import DynamoSessions

    return DynamoSessions(c.get(dynamodb), c.settings.access_table)


def sent_forms(c: Container) -> DynamoSentForms:
    from functions.adapters.access.sent_forms import DynamoSentForms

    return DynamoSentForms(c.get(dynamodb), c.settings.access_table)


def presence(c: Container) -> DynamoPresence:
    from functions.adapters.emails.presence import DynamoPresence

    return DynamoPresence(c.get(dynamodb), c.settings.access_table)


def user_directory(c: Container) -> CognitoUserDirectory:
    from functions.adapters.access.user_directory import CognitoUserDirectory

    return CognitoUserDirectory(c.get(cognito), c.settings.user_pool, c.settings.user_pool_client)


# Account


def dedicated_ips(c: Container) -> SesDedicatedIps:
    from functions.adapters.account.dedicated_ips import SesDedicatedIps

    return SesDedicatedIps(c.get(sesv2_account), c.settings.transactional_configuration_set)


def reverse_dns(_: Container) -> DnsReverse:
    from functions.adapters.account.reverse_dns import DnsReverse

    return DnsReverse()


def quota_store(c: Container) -> DynamoQuotaStore:
    from functions.adapters.account.send_quota import DynamoQuotaStore

    return DynamoQuotaStore(c.get(dynamodb), c.settings.metrics_table)


def account_pause(c: Container) -> DynamoAccountPause:
    from functions.adapters.account.pause import DynamoAccountPause

    return DynamoAccountPause(c.get(dynamodb), c.settings.metrics_table)


def alarms(c: Container) -> CloudWatchAlarms:
    from functions.adapters.account.alarms import CloudWatchAlarms

    return CloudWatchAlarms(c.get(cloudwatch), f"Staffetta-{c.settings.stage}-")


def counting_lag(c: Container) -> CloudWatchCountingLag:
    from functions.adapters.statistics.counting_lag import CloudWatchCountingLag

    return CloudWatchCountingLag(c.get(cloudwatch), f"Staffetta-{c.settings.stage}-", c.clock)


def sending_account(c: Container) -> SesAccount:
    from functions.adapters.account.sending_account import SesAccount

    return SesAccount(c.get(sesv2))


def dead_letters(c: Container) -> SqsDeadLetters:
    from functions.adapters.account.dead_letters import SqsDeadLetters

    return SqsDeadLetters(c.get(sqs), c.get(send_queue), c.settings.dead_letter_queue_url)
