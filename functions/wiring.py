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
from functions.adapters.ses_mailer import SesMailer
from functions.adapters.sqs_queue import SqsSendQueue
from functions.settings import Settings
from functions.steps.accept import Acceptance
from functions.steps.authorize import Authorization
from functions.steps.issue_key import KeyIssue
from functions.steps.limit_rate import RateLimit

if TYPE_CHECKING:  # what renders or compiles is imported on first use: accepting a send does neither
    from functions.adapters.dynamo_governor import DynamoGovernors
    from functions.adapters.dynamo_tokens import DynamoSmtpTokens
    from functions.adapters.iam_users import IamSmtpUsers
    from functions.adapters.s3_events import S3Events
    from functions.core.email import Draft
    from functions.core.governor import Governor
    from functions.steps.author import Authorship
    from functions.steps.chart import Chart
    from functions.steps.deliver import Delivery
    from functions.steps.end_token import TokenEnd
    from functions.steps.issue_token import TokenIssue
    from functions.steps.list_emails import EmailList
    from functions.steps.prefer import Preferences
    from functions.steps.publish import Publication
    from functions.steps.reconcile_tokens import TokenReconciliation
    from functions.steps.record import Recording
    from functions.steps.redrive import Redrive
    from functions.steps.rehearse import Rehearsal
    from functions.steps.reset_token import TokenReset
    from functions.steps.schedule import DueSends
    from functions.steps.share import Sharing
    from functions.steps.statistics import Statistics
    from functions.steps.sweep import Sweep
    from functions.steps.unsubscribe import Unsubscription

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
            contacts=self.contacts,
            subscription_types=self.subscription_types,
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
            contacts=self.contacts,
            templates=templates(self.emails),
            mailer=governed,
            queue=self.send_queue,
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
    def unsubscription(self) -> Unsubscription:
        from functions.steps.unsubscribe import Unsubscription

        return Unsubscription(
            sends=self.sends, contacts=self.contacts, types=self.subscription_types, clock=self.clock
        )

    @cached_property
    def statistics(self) -> Statistics:
        from functions.steps.statistics import Statistics

        return Statistics(self.metrics)

    @cached_property
    def chart(self) -> Chart:
        from functions.adapters.dynamo_accepted import DynamoAccepted
        from functions.steps.chart import Chart

        return Chart(
            metrics=self.metrics, accepted=DynamoAccepted(self.clients.dynamodb, self.settings.sends_table)
        )

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
            domain=self.settings.domain, emails=self.emails, partial=self.sharing.find, clock=self.clock
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
