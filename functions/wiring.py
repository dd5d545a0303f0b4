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
from functions.adapters.dynamo_contacts import DynamoContacts, DynamoSubscriptionTypes
from functions.adapters.dynamo_emails import DynamoEmails
from functions.adapters.dynamo_keys import DynamoApiKeys
from functions.adapters.dynamo_metrics import DynamoMetrics
from functions.adapters.dynamo_sends import DynamoSends
from functions.adapters.s3_uploads import S3Uploads
from functions.adapters.ses_mailer import SesMailer
from functions.adapters.sqs_queue import SqsSendQueue
from functions.settings import Settings
from functions.steps.accept import Acceptance
from functions.steps.authorize import Authorization
from functions.steps.heed import PauseCheck
from functions.steps.issue_key import KeyIssue
from functions.steps.limit_rate import RateLimit
from functions.steps.upload import UploadOffers

if TYPE_CHECKING:  # what renders or compiles is imported on first use: accepting a send does neither
    from functions.adapters.dynamo_audit import DynamoAudit
    from functions.adapters.dynamo_governor import DynamoGovernors
    from functions.adapters.dynamo_pause import DynamoAccountPause
    from functions.adapters.dynamo_search import DynamoListings
    from functions.adapters.dynamo_tokens import DynamoSmtpTokens
    from functions.adapters.dynamo_webhooks import DynamoWebhookDeliveries, DynamoWebhookEndpoints
    from functions.adapters.http_receivers import HttpReceivers
    from functions.adapters.iam_users import IamSmtpUsers
    from functions.adapters.s3_events import S3Events
    from functions.adapters.sqs_webhooks import SqsWebhookQueue
    from functions.adapters.ssm_secrets import SsmWebhookSecrets
    from functions.core.emails.email import Draft
    from functions.core.sending.governor import Governor
    from functions.steps.audit import AuditLog
    from functions.steps.author import Authorship
    from functions.steps.chart import Chart
    from functions.steps.deliver import Delivery
    from functions.steps.deliver_webhook import WebhookDelivery
    from functions.steps.end_token import TokenEnd
    from functions.steps.erase import Erasure
    from functions.steps.explain import Explanation
    from functions.steps.issue_token import TokenIssue
    from functions.steps.lift_quarantine import QuarantineLift
    from functions.steps.list_emails import EmailList
    from functions.steps.list_events import EmailEvents
    from functions.steps.notify import Notification
    from functions.steps.pause import Pausing
    from functions.steps.prefer import Preferences
    from functions.steps.preview import Previews
    from functions.steps.publish import Publication
    from functions.steps.rebuild import Rebuild
    from functions.steps.reconcile_tokens import TokenReconciliation
    from functions.steps.record import Recording
    from functions.steps.redrive import Redrive
    from functions.steps.register_webhook import WebhookRegistration
    from functions.steps.rehearse import Rehearsal
    from functions.steps.replay_webhooks import Replay, SpanReplay
    from functions.steps.reset_token import TokenReset
    from functions.steps.schedule import DueSends
    from functions.steps.search import Search
    from functions.steps.share import Sharing
    from functions.steps.statistics import Statistics
    from functions.steps.sweep import Sweep
    from functions.steps.try_out import Trials
    from functions.steps.unsubscribe import Unsubscription
    from functions.steps.watch_reputation import Watch

# Ids of emails that are made over the API: twelve digits, which JavaScript counts exactly, and no starter's.
_FIRST_EMAIL, _EMAILS = 10**11, 9 * 10**11


TYPE_ID_LEAST = 100_000_000  # of a subscription type: nine digits, as HubSpot's have


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
        return DynamoMetrics(self.clients.dynamodb, self.settings.metrics_table)

    @cached_property
    def audit(self) -> DynamoAudit:
        from functions.adapters.dynamo_audit import DynamoAudit

        return DynamoAudit(self.clients.dynamodb, self.settings.audit_table)

    @cached_property
    def audit_log(self) -> AuditLog:
        from functions.steps.audit import AuditLog

        return AuditLog(self.audit, self.clock, new_id=lambda: str(uuid.uuid4()))

    @cached_property
    def rebuild(self) -> Rebuild:
        from functions.adapters.dynamo_census import DynamoCensus
        from functions.steps.rebuild import Rebuild

        return Rebuild(
            messages=DynamoCensus(self.clients.dynamodb, self.settings.sends_table),
            sends=self.sends,
            events=self.raw_events,
            recording=self.recording,
            metrics=self.metrics,
            clock=self.clock,
            sleep=time.sleep,
            retention_days=self.settings.retention_days,
        )

    @cached_property
    def erasure(self) -> Erasure:
        from functions.adapters.dynamo_erasure import DynamoErasureOrders, DynamoPersonalMessages
        from functions.steps.erase import Erasure

        client, given = self.clients.dynamodb, self.settings
        return Erasure(
            orders=DynamoErasureOrders(client, given.contacts_table),
            messages=DynamoPersonalMessages(client, given.sends_table, given.retention_days),
            sends=self.sends,
            kept=self.send_queue,
            contacts=self.contacts,
            archive=self.raw_events,
            audit_log=self.audit_log,
            clock=self.clock,
        )

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
    def upload_offers(self) -> UploadOffers:
        return UploadOffers(uploads=self.uploads, clock=self.clock, new_id=lambda: str(uuid.uuid4()))

    @cached_property
    def mailer(self) -> SesMailer:
        given = self.settings
        return SesMailer(self.clients.sesv2, given.transactional_configuration_set, given.marketing_configuration_set)

    @cached_property
    def governors(self) -> DynamoGovernors:
        from functions.adapters.dynamo_governor import DynamoGovernors

        return DynamoGovernors(self.clients.dynamodb, self.settings.metrics_table)

    @cached_property
    def account_pause(self) -> DynamoAccountPause:
        from functions.adapters.dynamo_pause import DynamoAccountPause

        return DynamoAccountPause(self.clients.dynamodb, self.settings.metrics_table)

    @cached_property
    def pauses(self) -> PauseCheck:
        return PauseCheck(
            emails=self.emails,
            account=lambda: self.account_pause.get(),  # noqa: PLW0108 - made at the first send that is not transactional
            clock=self.clock,
        )

    @cached_property
    def pausing(self) -> Pausing:
        from functions.steps.pause import Pausing

        return Pausing(emails=self.emails, account=self.account_pause, audit=self.audit_log, clock=self.clock)

    @cached_property
    def watch(self) -> Watch:
        from functions.steps.watch_reputation import Watch

        return Watch(
            metrics=self.metrics,
            emails=self.emails,
            account=self.account_pause,
            pausing=self.pausing,
            clock=self.clock,
        )

    @cached_property
    def acceptance(self) -> Acceptance:
        return Acceptance(
            domain=self.settings.domain,
            sends=self.sends,
            emails=self.emails,
            contacts=self.contacts,
            subscription_types=self.subscription_types,
            pauses=self.pauses,
            queue=self.send_queue,
            uploads=self.uploads,
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
            contacts=self.contacts,
            templates=templates(self.emails),
            pauses=self.pauses,
            mailer=governed,
            queue=self.send_queue,
            uploads=self.uploads,
            clock=self.clock,
            new_secret=_new_secret,
            public_url=self.settings.public_url,
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
    def smtp_tokens(self) -> DynamoSmtpTokens:
        from functions.adapters.dynamo_tokens import DynamoSmtpTokens

        return DynamoSmtpTokens(self.clients.dynamodb, self.settings.tokens_table)

    @cached_property
    def raw_events(self) -> S3Events:
        from functions.adapters.s3_events import S3Events

        return S3Events(lambda: self.clients.s3, self.settings.events_bucket)

    @cached_property
    def recording(self) -> Recording:
        from functions.steps.record import Recording

        return Recording(
            sends=self.sends,
            contacts=self.contacts,
            tokens=self.smtp_tokens,
            clock=self.clock,
            retention_days=self.settings.retention_days,
        )

    @cached_property
    def rehearsal(self) -> Rehearsal:
        from functions.steps.deliver import templates
        from functions.steps.rehearse import Rehearsal

        return Rehearsal(
            acceptance=self.acceptance,
            contacts=self.contacts,
            templates=templates(self.emails),
            uploads=self.uploads,
            clock=self.clock,
            public_url=self.settings.public_url,
        )

    @cached_property
    def preferences(self) -> Preferences:
        from functions.steps.prefer import Preferences

        return Preferences(
            contacts=self.contacts,
            types=self.subscription_types,
            clock=self.clock,
            new_id=lambda: str(TYPE_ID_LEAST + secrets.randbelow(TYPE_ID_LEAST)),
        )

    @cached_property
    def quarantine_lift(self) -> QuarantineLift:
        from functions.adapters.ses_suppressions import SesSuppressions
        from functions.steps.lift_quarantine import QuarantineLift

        suppressions = SesSuppressions(self.clients.ses_lists)
        return QuarantineLift(contacts=self.contacts, suppressions=suppressions, clock=self.clock)

    @cached_property
    def unsubscription(self) -> Unsubscription:
        from functions.steps.unsubscribe import Unsubscription

        return Unsubscription(sends=self.sends, contacts=self.contacts, types=self.subscription_types, clock=self.clock)

    @cached_property
    def statistics(self) -> Statistics:
        from functions.steps.statistics import Statistics

        return Statistics(self.metrics)

    @cached_property
    def chart(self) -> Chart:
        from functions.adapters.dynamo_accepted import DynamoAccepted
        from functions.steps.chart import Chart

        return Chart(metrics=self.metrics, accepted=DynamoAccepted(self.clients.dynamodb, self.settings.sends_table))

    @cached_property
    def listings(self) -> DynamoListings:
        from functions.adapters.dynamo_search import DynamoListings

        return DynamoListings(self.clients.dynamodb, self.settings.sends_table)

    @cached_property
    def search(self) -> Search:
        from functions.steps.search import Search

        return Search(
            listings=self.listings,
            metrics=self.metrics,
            clock=self.clock,
            retention_days=self.settings.retention_days,
        )

    @cached_property
    def email_events(self) -> EmailEvents:
        from functions.steps.list_events import EmailEvents

        return EmailEvents(search=self.search, listings=self.listings, metrics=self.metrics)

    @cached_property
    def explanation(self) -> Explanation:
        from functions.steps.explain import Explanation

        return Explanation(sends=self.sends, api_keys=self.api_keys, tokens=self.smtp_tokens, emails=self.emails)

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

        return Publication(
            domain=self.settings.domain,
            emails=self.emails,
            subscription_types=self.subscription_types,
            partial=self.sharing.find,
            clock=self.clock,
        )

    @cached_property
    def sharing(self) -> Sharing:
        from functions.adapters import starters
        from functions.adapters.dynamo_partials import DynamoPartials
        from functions.steps.share import Sharing

        stored = DynamoPartials(self.clients.dynamodb, self.settings.emails_table)
        return Sharing(stored=stored, bundled=starters.partial, bundled_names=starters.partials)

    @cached_property
    def authorship(self) -> Authorship:
        from functions.steps.author import Authorship

        return Authorship(
            emails=self.emails,
            publish_draft=lambda draft, email, document: self.publication(draft, email=email, document=document),
            starters=_starter,
            clock=self.clock,
            new_number=lambda: _FIRST_EMAIL + secrets.randbelow(_EMAILS),
        )

    @cached_property
    def previews(self) -> Previews:
        from functions.steps.preview import Previews

        return Previews(
            emails=self.emails,
            contacts=self.contacts,
            compile=self.publication.compiled,
            starters=_starter,
            clock=self.clock,
            public_url=self.settings.public_url,
        )

    @cached_property
    def trials(self) -> Trials:
        from functions.steps.try_out import Trials

        return Trials(
            previews=self.previews,
            sends=self.sends,
            queue=self.send_queue,
            clock=self.clock,
            new_id=lambda: str(uuid.uuid4()),
        )

    @cached_property
    def email_list(self) -> EmailList:
        from functions.steps.list_emails import EmailList

        return EmailList(self.emails)

    @cached_property
    def key_issue(self) -> KeyIssue:
        return KeyIssue(api_keys=self.api_keys, clock=self.clock, new_secret=_new_secret)

    @cached_property
    def smtp_users(self) -> IamSmtpUsers:
        from functions.adapters.iam_users import IamSmtpUsers

        given = self.settings
        return IamSmtpUsers(
            client=self.clients.iam,
            path=given.smtp_path,
            boundary_arn=given.smtp_boundary_arn,
            identity_arn=given.identity_arn,
            configuration_set_arn=given.transactional_configuration_set_arn,
        )

    @cached_property
    def token_issue(self) -> TokenIssue:
        from functions.steps.issue_token import TokenIssue

        return TokenIssue(
            tokens=self.smtp_tokens,
            users=self.smtp_users,
            emails=self.emails,
            end=self.token_end,
            clock=self.clock,
            new_number=lambda: 1 + secrets.randbelow(2**53 - 1),
            region=self.settings.region,
        )

    @cached_property
    def token_reset(self) -> TokenReset:
        from functions.steps.reset_token import TokenReset

        return TokenReset(tokens=self.smtp_tokens, users=self.smtp_users, clock=self.clock, region=self.settings.region)

    @cached_property
    def token_end(self) -> TokenEnd:
        from functions.steps.end_token import TokenEnd

        return TokenEnd(tokens=self.smtp_tokens, users=self.smtp_users, emails=self.emails, clock=self.clock)

    @cached_property
    def token_reconciliation(self) -> TokenReconciliation:
        from functions.steps.reconcile_tokens import TokenReconciliation

        return TokenReconciliation(tokens=self.smtp_tokens, users=self.smtp_users, end=self.token_end, clock=self.clock)

    @cached_property
    def webhook_endpoints(self) -> DynamoWebhookEndpoints:
        from functions.adapters.dynamo_webhooks import DynamoWebhookEndpoints

        return DynamoWebhookEndpoints(self.clients.dynamodb, self.settings.webhooks_table)

    @cached_property
    def webhook_deliveries(self) -> DynamoWebhookDeliveries:
        from functions.adapters.dynamo_webhooks import DynamoWebhookDeliveries

        return DynamoWebhookDeliveries(self.clients.dynamodb, self.settings.webhooks_table, self.clock)

    @cached_property
    def webhook_secrets(self) -> SsmWebhookSecrets:
        from functions.adapters.ssm_secrets import SsmWebhookSecrets

        return SsmWebhookSecrets(self.clients.ssm, self.settings.webhook_secrets_prefix)

    @cached_property
    def webhook_queue(self) -> SqsWebhookQueue:
        from functions.adapters.sqs_webhooks import SqsWebhookQueue

        return SqsWebhookQueue(self.clients.sqs, self.settings.webhook_queue_url)

    @cached_property
    def receivers(self) -> HttpReceivers:
        from functions.adapters.http_receivers import HttpReceivers

        return HttpReceivers(localhost=bool(self.settings.webhooks_to_localhost))

    @cached_property
    def notification(self) -> Notification:
        from functions.adapters.event_bridge import EventBridge
        from functions.steps.notify import Notification

        bus = EventBridge(self.clients.events, self.settings.stage) if self.settings.event_bridge else None
        return Notification(endpoints=self.webhook_endpoints, queue=self.webhook_queue, bus=bus)

    @cached_property
    def webhook_delivery(self) -> WebhookDelivery:
        from functions.steps.deliver_webhook import WebhookDelivery

        return WebhookDelivery(
            endpoints=self.webhook_endpoints,
            deliveries=self.webhook_deliveries,
            secrets=self.webhook_secrets,
            queue=self.webhook_queue,
            receivers=self.receivers,
            clock=self.clock,
        )

    @cached_property
    def webhook_registration(self) -> WebhookRegistration:
        from functions.steps.register_webhook import WebhookRegistration

        return WebhookRegistration(
            endpoints=self.webhook_endpoints,
            secrets=self.webhook_secrets,
            receivers=self.receivers,
            queue=self.webhook_queue,
            clock=self.clock,
            new_id=lambda: str(uuid.uuid4()),
            new_bytes=secrets.token_bytes,
        )

    @cached_property
    def webhook_replay(self) -> Replay:
        from functions.steps.replay_webhooks import Replay

        return Replay(sends=self.sends, deliveries=self.webhook_deliveries, queue=self.webhook_queue)

    @cached_property
    def span_replay(self) -> SpanReplay:
        from functions.adapters.dynamo_accepted import DynamoAccepted
        from functions.steps.replay_webhooks import SpanReplay

        return SpanReplay(
            endpoints=self.webhook_endpoints,
            metrics=self.metrics,
            accepted=DynamoAccepted(self.clients.dynamodb, self.settings.sends_table),
            queue=self.webhook_queue,
        )


def _new_secret() -> str:
    return secrets.token_urlsafe(32)


def _starter(name: str) -> Draft | None:
    """One of templates/email; the author of an email made from it says who sends it."""
    from functions.adapters import starters
    from functions.core.addresses import Address

    return starters.load(name, Address("")).draft if name in starters.names() else None


@functools.cache
def wired() -> Wiring:
    """The wiring of this Lambda function, from its environment."""
    return Wiring(Settings.from_env(), Clients())
