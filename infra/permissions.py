"""The permissions of every function, on one page: exact actions on exact resources, one function after the other. Every function may
also write to its own log group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Aws
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sqs as sqs

from functions.adapters import schema
from functions.core.emails.images import FOLDER
from functions.core.sending import max_delivery_time
from functions.core.tokens.smtp_policy import sender_patterns
from functions.ports.events import ArchiveFolder
from functions.settings import NO_HOST, SENDS, Settings
from infra.constructs.function import Function
from infra.constructs.lint import acknowledge_wildcard
from infra.regions import EDGE_REGION
from infra.state import StateStack

CONSUME = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
READ_STREAM = [
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",  # Lambda creates no mapping for a role without it
]


@dataclass(frozen=True)
class UnreadChanges:
    """The queues of the batches that a stream's reader gave up, by reader."""

    measure: sqs.Queue
    notify: sqs.Queue
    observe_contacts: sqs.Queue


class Permissions:
    """The resources of a stage by their ARNs, and the permissions of each function on them."""

    def __init__(self, state: StateStack, settings: Settings, unread: UnreadChanges) -> None:
        self.settings, self.queues, self.unread = settings, state.queues, unread
        self.sends, self.emails, self.tokens = (t.table_arn for t in (state.sends, state.emails, state.tokens))
        self.content = state.content.table_arn
        self.metrics, self.contacts = state.metrics.table_arn, state.contacts.table_arn
        self.audience = state.audience.table_arn
        self.by_member = f"{self.audience}/index/{schema.BY_MEMBER.name}"
        self.automations = state.automations.table_arn
        self.runs_by_due, self.runs_by_automation = (
            f"{self.automations}/index/{index.name}" for index in (schema.RUNS_BY_DUE, schema.RUNS_BY_AUTOMATION)
        )
        self.contacts_stream, self.audience_stream = _stream(state.contacts), _stream(state.audience)
        self.webhooks, self.audit = state.webhooks.table_arn, state.audit.table_arn
        self.access, self.users = state.access.table_arn, state.users.pool_arn
        self.sends_stream = _stream(state.sends)
        self.by_address, self.by_due = (
            f"{self.sends}/index/{index.name}" for index in (schema.BY_ADDRESS, schema.BY_DUE)
        )
        self.payloads = f"{state.export_value(state.payloads.bucket_arn)}/{schema.PAYLOAD_PREFIX}*"
        self.uploads = f"{state.export_value(state.payloads.bucket_arn)}/{schema.UPLOAD_PREFIX}*"
        self.images = f"{state.export_value(state.images.bucket_arn)}/{FOLDER}/*"
        self.archive = state.export_value(state.events.bucket_arn)
        self.broadcasts = f"{state.export_value(state.payloads.bucket_arn)}/{schema.BROADCAST_PREFIX}*"
        self.imports = f"{state.export_value(state.payloads.bucket_arn)}/{schema.IMPORT_PREFIX}*"
        self.broadcast_queue = self.queues.broadcasts.queue.queue_arn
        self.send_queue = self.queues.sends.queue.queue_arn
        self.automation_queue = self.queues.automations.queue.queue_arn
        self.webhook_queue = self.queues.webhooks.queue.queue_arn
        self.identities = _arn("ses", "identity/*")
        self.own_sets = _arn("ses", f"configuration-set/{settings.own_sets_prefix}*")
        self.pools = _arn("ses", "dedicated-ip-pool/*")
        self.added_domain = {"StringEquals": {f"aws:ResourceTag/{settings.sender_tag}": SENDS}}
        self.secrets = _arn("ssm", f"parameter{self.settings.webhook_secrets_prefix}*")

    def grant(self, functions: Mapping[str, Function]) -> None:
        """Grants the permissions. `functions` are by the names of their Lambda files. Raises KeyError if one is missing."""
        for accepting in ("single_send", "api"):  # api: another spelling of a send's path has no route
            self._accept(functions[accepting])
        grants = {
            "single_send": self._check_keys,
            "api": self._api,
            "deliver": self._deliver,
            "broadcast": self._broadcast,
            "record": self._record,
            "measure": self._measure,
            "notify": self._notify,
            "deliver_webhook": self._deliver_webhook,
            "automate": self._automate,
            "observe_contacts": self._observe_contacts,
            "sweep": self._sweep,
            "smtp_tokens": self._smtp_tokens,
            "console": self._console,
        }
        for name, grant in grants.items():
            grant(functions[name])

    def _accept(self, function: Function) -> None:
        function.allow(["dynamodb:GetItem"], self.emails, self.contacts, self.metrics)
        function.allow(["dynamodb:GetItem", "dynamodb:Query"], self.sends)
        function.allow(["dynamodb:Query"], self.metrics)  # the domains
        function.allow(["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], self.sends)
        function.allow(["sqs:SendMessage"], self.send_queue)
        function.allow(["s3:PutObject"], self.payloads)
        self._any_payload(function)
        self._read_uploads(function)

    def _check_keys(self, function: Function) -> None:
        function.allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], self.tokens)

    def _api(self, function: Function) -> None:
        """Grants the API's permissions. It requests erasures but deletes no personal data itself. It creates webhook secrets but cannot read
        them. It only appends to the audit log.
        """
        function.allow(
            ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:DeleteItem"], self.emails
        )
        function.allow(["dynamodb:Query"], f"{self.emails}/index/{schema.LISTED.name}", self.by_address)
        function.allow(["dynamodb:BatchGetItem"], self.sends)
        function.allow(["dynamodb:Query"], self.content)
        function.allow(["dynamodb:PutItem", "dynamodb:Scan"], self.contacts)
        function.allow(["dynamodb:Query"], f"{self.contacts}/index/{schema.BY_NUMBER.name}")
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], self.audience)
        function.allow(["dynamodb:DeleteItem", "dynamodb:Query"], self.audience)
        function.allow(["dynamodb:Query"], self.by_member)
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Scan"], self.tokens)
        function.allow(["dynamodb:PutItem"], self.metrics, self.audit)
        function.allow(["dynamodb:Query"], self.audit)
        function.allow(["dynamodb:DeleteItem"], self.metrics)  # a domain
        function.allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"], self.webhooks)
        function.allow(["ssm:PutParameter", "ssm:DeleteParameter"], self.secrets)
        function.allow(["sqs:SendMessage"], self.webhook_queue, self.broadcast_queue)
        function.allow(["dynamodb:BatchGetItem"], self.audience)
        function.allow(["s3:GetObject"], self.broadcasts, self.imports)
        self._any_import(function)
        self._any_broadcast(function)
        function.allow(["s3:PutObject"], self.uploads)  # through the URLs that it signs
        function.allow(["ses:GetSuppressedDestination", "ses:DeleteSuppressedDestination"], "*")
        function.allow(["ses:GetDedicatedIpPool", "ses:GetDedicatedIps", "ses:GetBlacklistReports"], "*")
        acknowledge_wildcard(
            function.role,
            "*",
            "IAM has no resource for the entries of the account's suppression list, nor for reports on addresses. "
            "The operator chooses the set's pool.",
        )
        self._any_secret(function)
        self._manage_domains(function)
        self._manage_images(function)
        self._automations(function)

    def _automations(self, function: Function) -> None:
        """Grants what the API and the console do with automations and their runs."""
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], self.automations)
        function.allow(["dynamodb:DeleteItem", "dynamodb:Query"], self.automations)
        function.allow(["dynamodb:Query"], self.runs_by_automation)
        function.allow(["sqs:SendMessage"], self.automation_queue)

    def _automate(self, function: Function) -> None:
        """Grants what a run does: it sends as the API accepts, and changes its contact and lists."""
        function.allow(CONSUME, self.automation_queue)
        function.allow(["sqs:SendMessage"], self.automation_queue, self.webhook_queue, self.send_queue)
        function.allow(["dynamodb:GetItem"], self.emails, self.contacts, self.metrics)
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], self.sends)
        function.allow(["dynamodb:DeleteItem"], self.sends)  # a send that cannot be queued is undone
        function.allow(["s3:PutObject"], self.payloads)
        self._any_payload(function)
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], self.automations)
        function.allow(["dynamodb:Query"], self.automations, self.runs_by_automation)
        function.allow(["dynamodb:PutItem", "dynamodb:Scan"], self.contacts)
        function.allow(["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], self.audience)

    def _observe_contacts(self, function: Function) -> None:
        function.allow(READ_STREAM, self.contacts_stream, self.audience_stream)
        function.allow(["dynamodb:Query"], self.automations)
        function.allow(["sqs:SendMessage"], self.automation_queue, self.unread.observe_contacts.queue_arn)

    def _deliver(self, function: Function) -> None:
        function.allow(["dynamodb:GetItem"], self.emails)
        function.allow(
            ["dynamodb:GetItem", "dynamodb:PutItem"], self.contacts, self.metrics
        )  # the rate limiter is an item of the metrics table
        function.allow(["dynamodb:BatchGetItem"], self.contacts)
        function.allow(["dynamodb:Query"], self.metrics)  # the domains
        function.allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], self.sends)
        function.allow(["dynamodb:BatchWriteItem"], self.content)
        function.allow(["s3:GetObject", "s3:PutObject"], self.payloads)
        self._any_payload(function)
        self._read_uploads(function)
        self._send_mail(function, limited=True)
        function.allow([*CONSUME, "sqs:ChangeMessageVisibility", "sqs:SendMessage"], self.send_queue)
        function.allow(["sqs:SendMessage"], self.queues.sends.dead_letters.queue_arn)
        self._check_recorded(function)

    def _broadcast(self, function: Function) -> None:
        """Grants what a broadcast needs. It claims messages as deliver does, and reads whole pages of contacts and messages."""
        function.allow(["dynamodb:GetItem"], self.emails)
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"], self.metrics)
        function.allow(["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"], self.contacts)
        function.allow(["dynamodb:Scan"], self.contacts)  # the evaluation of a list
        function.allow(["dynamodb:DeleteItem"], self.audience)
        function.allow(["s3:PutObject"], self.imports)
        self._any_import(function)
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], self.sends)
        function.allow(["dynamodb:BatchGetItem"], self.sends)
        function.allow(["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"], self.audience)
        function.allow(["dynamodb:Query", "dynamodb:UpdateItem"], self.audience)
        function.allow(["s3:GetObject", "s3:PutObject"], self.broadcasts)
        self._any_broadcast(function)
        self._read_uploads(function)
        self._send_mail(function, limited=False)
        function.allow([*CONSUME, "sqs:ChangeMessageVisibility", "sqs:SendMessage"], self.broadcast_queue)
        function.allow(["sqs:SendMessage"], self.queues.broadcasts.dead_letters.queue_arn)
        self._check_recorded(function)

    def _record(self, function: Function) -> None:
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], self.sends)
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], self.contacts)
        function.allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], self.tokens)
        function.allow(["dynamodb:UpdateItem"], self.metrics)
        function.allow(CONSUME, self.queues.events.queue.queue_arn)
        everything = f"{self.archive}/*"
        function.allow(["s3:PutObject"], everything)
        acknowledge_wildcard(
            function.role, everything, "record writes an object for each batch, anywhere in the bucket."
        )

    def _measure(self, function: Function) -> None:
        function.allow(READ_STREAM, self.sends_stream)
        function.allow(["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"], self.metrics)
        function.allow(["sqs:SendMessage"], self.unread.measure.queue_arn)

    def _notify(self, function: Function) -> None:
        function.allow(READ_STREAM, self.sends_stream)
        function.allow(["dynamodb:Query"], self.webhooks, self.automations)
        queues = (self.webhook_queue, self.automation_queue, self.broadcast_queue, self.unread.notify.queue_arn)
        function.allow(["sqs:SendMessage"], *queues)
        if self.settings.event_bridge:
            function.allow(["events:PutEvents"], _arn("events", "event-bus/default"))

    def _deliver_webhook(self, function: Function) -> None:
        """Grants read access to the secrets that sign webhooks. The function cannot create one."""
        function.allow([*CONSUME, "sqs:SendMessage"], self.webhook_queue)
        function.allow(["ssm:GetParameter"], self.secrets)
        self._any_secret(function)
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], self.webhooks)
        function.allow(["dynamodb:Query"], self.metrics)  # a replay reads the messages of its time range
        function.allow(["dynamodb:BatchGetItem"], self.sends)
        function.allow(["dynamodb:Query"], self.audience)  # ... and of its broadcasts
        function.allow(["s3:GetObject"], self.broadcasts)
        self._any_broadcast(function)

    def _sweep(self, function: Function) -> None:
        """Grants what the sweep needs to settle stuck sends, pause harmful email, and erase persons on request."""
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], self.metrics, self.emails, self.contacts)
        function.allow(["dynamodb:Query"], self.metrics, self.sends, self.by_due, self.by_address)
        function.allow(["dynamodb:Scan"], self.by_due)  # at the first sweep, and after a long outage
        function.allow(["dynamodb:BatchGetItem", "dynamodb:PutItem"], self.sends)
        function.allow(["dynamodb:BatchGetItem"], self.emails)  # judges their reputation
        function.allow(["dynamodb:UpdateItem"], self.sends)
        function.allow(["dynamodb:DeleteItem"], self.contacts, self.metrics, self.audience)
        function.allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"], self.audience)
        function.allow(["dynamodb:PutItem"], self.audience)  # a broadcast without an erased person
        function.allow(["sqs:SendMessage"], self.broadcast_queue)
        function.allow(["dynamodb:Query"], self.by_member)
        function.allow(["dynamodb:Query", "dynamodb:DeleteItem"], self.automations)
        function.allow(["dynamodb:Query", "dynamodb:Scan"], self.runs_by_due)
        function.allow(["sqs:SendMessage"], self.automation_queue)
        function.allow(["dynamodb:Query", "dynamodb:DeleteItem", "dynamodb:UpdateItem"], self.content)
        function.allow(["dynamodb:PutItem"], self.audit)
        function.allow(["sqs:GetQueueAttributes", "sqs:SendMessage"], self.send_queue)
        function.allow(["s3:DeleteObject"], self.payloads)
        self._any_payload(function)
        events = f"{self.archive}/{schema.events_prefix(ArchiveFolder.EVENTS)}*"
        function.allow(["s3:ListBucket"], self.archive)
        function.allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], events)
        acknowledge_wildcard(function.role, events, "A person's events may be in any batch of the archive.")
        function.allow(
            ["ses:GetConfigurationSet"],
            _arn("ses", f"configuration-set/{self.settings.transactional_configuration_set}"),
        )
        self._read_tracking_host(function)
        self._any_own_set(function)
        function.allow(["ses:GetEmailIdentity"], self.identities)
        acknowledge_wildcard(function.role, self.identities, "The sweep reads each domain of the stage.")
        function.allow(["ses:GetAccount"], "*")
        acknowledge_wildcard(function.role, "*", "GetAccount is about the account: IAM has no resource for it.")

    def _smtp_tokens(self, function: Function) -> None:
        """Grants IAM permissions, to this function only: on users on this stage's own path, and only with the boundary."""
        path = f"/staffetta/smtp/{Aws.REGION}/{self.settings.stage}/*"
        users = f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:user{path}"
        bounded = {"StringEquals": {"iam:PermissionsBoundary": self.settings.smtp_boundary_arn}}
        function.allow(["iam:CreateUser", "iam:PutUserPolicy"], users, when=bounded)
        function.allow(["iam:GetUserPolicy", "iam:DeleteUserPolicy", "iam:DeleteUser"], users)
        function.allow(["iam:CreateAccessKey", "iam:ListAccessKeys"], users)
        function.allow(["iam:UpdateAccessKey", "iam:DeleteAccessKey"], users)
        acknowledge_wildcard(function.role, users, "The name of a token's user is its campaign id: any on our path.")
        function.allow(["iam:ListUsers"], "*")
        acknowledge_wildcard(function.role, "*", "IAM has no resource for ListUsers.")
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], self.tokens, self.emails)
        function.allow(["dynamodb:UpdateItem", "dynamodb:Scan", "dynamodb:BatchGetItem"], self.tokens)
        function.allow(["dynamodb:Query"], f"{self.tokens}/index/{schema.BY_STATE.name}")
        function.allow(["dynamodb:GetItem", "dynamodb:Query"], self.metrics)
        function.allow(["dynamodb:PutItem"], self.audit)

    def _console(self, function: Function) -> None:
        """Grants what pages do for the people who sign in: their sessions, their passwords in Cognito, and the steps of the pages."""
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], self.access)
        function.allow(["dynamodb:DeleteItem", "dynamodb:Query"], self.access)
        function.allow(["cognito-idp:AdminInitiateAuth", "cognito-idp:AdminRespondToAuthChallenge"], self.users)
        function.allow(["cognito-idp:AdminCreateUser", "cognito-idp:AdminDeleteUser"], self.users)
        function.allow(["cognito-idp:AdminSetUserPassword", "cognito-idp:AdminSetUserMFAPreference"], self.users)
        function.allow(["cognito-idp:AdminUserGlobalSignOut"], self.users)
        function.allow(["dynamodb:PutItem"], self.emails)  # publishes invitations and resets
        self._show_messages(function)
        self._show_contacts(function)
        self._show_audience(function)
        self._automations(function)
        self._show_account(function)
        self._redrive(function)
        self._manage_domains(function)
        self._manage_webhooks(function)
        self._write_emails(function)
        function.allow(["lambda:InvokeFunction"], _arn("lambda", f"function:{self.settings.smtp_tokens_function}"))

    def _write_emails(self, function: Function) -> None:
        """Grants drafts, their revisions, and images."""
        function.allow(["dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:Query"], self.emails)
        self._manage_images(function)

    def _manage_images(self, function: Function) -> None:
        """Grants uploads and deletions of images. No function reads one: a CDN does. A deletion reads all scheduled sends."""
        function.allow(["s3:PutObject", "s3:DeleteObject"], self.images)
        function.allow(["dynamodb:UpdateItem"], self.emails)
        function.allow(["dynamodb:Scan"], self.by_due)
        acknowledge_wildcard(function.role, self.images, "The key of an image is a hash of it: any below the prefix.")

    def _show_audience(self, function: Function) -> None:
        """Grants lists, imports and broadcasts: what their pages read, and the jobs that a change queues."""
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], self.audience)
        function.allow(["dynamodb:DeleteItem", "dynamodb:Query"], self.audience)
        function.allow(["dynamodb:Query"], f"{self.contacts}/index/{schema.BY_NUMBER.name}")
        function.allow(["sqs:SendMessage"], self.broadcast_queue)
        function.allow(["s3:GetObject"], self.broadcasts, self.imports)
        self._any_import(function)
        self._any_broadcast(function)
        function.allow(["s3:PutObject"], self.uploads)  # the file of an import
        self._read_uploads(function)

    def _redrive(self, function: Function) -> None:
        """Grants the dead letters of sends and of broadcasts: to read them, and to put them back into their queues."""
        letters = [self.queues.sends.dead_letters.queue_arn, self.queues.broadcasts.dead_letters.queue_arn]
        function.allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"], *letters)
        function.allow(["dynamodb:UpdateItem"], self.sends)
        function.allow(["s3:GetObject", "s3:PutObject"], self.payloads)
        self._any_payload(function)
        self._check_recorded(function)

    def _show_account(self, function: Function) -> None:
        """Grants what the first page and the settings read and change: keys, the audit log, site settings, alarms."""
        function.allow(["dynamodb:Query"], f"{self.emails}/index/{schema.LISTED.name}", self.audit)
        function.allow(["dynamodb:PutItem", "dynamodb:UpdateItem"], self.tokens)
        function.allow(["dynamodb:DeleteItem"], self.metrics)  # a domain
        function.allow(["ses:GetDedicatedIpPool", "ses:GetDedicatedIps", "ses:GetBlacklistReports"], "*")
        function.allow(["cloudwatch:DescribeAlarms"], "*")
        acknowledge_wildcard(
            function.role, "*", "IAM has no resource for the alarms of a prefix, nor for reports on addresses."
        )

    def _show_messages(self, function: Function) -> None:
        """Grants what the pages of messages read, and a resend."""
        function.allow(["dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:PutItem"], self.sends)
        function.allow(["dynamodb:DeleteItem"], self.sends)  # of a resend that could not be queued
        function.allow(["dynamodb:Scan"], self.tokens)  # a search by an API key's name
        function.allow(["dynamodb:Query"], self.content, self.metrics, self.by_address)
        function.allow(["dynamodb:GetItem"], self.sends, self.emails, self.tokens, self.contacts)
        function.allow(["dynamodb:PutItem"], self.audit)
        function.allow(["sqs:SendMessage"], self.send_queue)

    def _manage_webhooks(self, function: Function) -> None:
        """Grants webhooks, their secrets, which it cannot read, and replays."""
        function.allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"], self.webhooks)
        function.allow(["ssm:PutParameter", "ssm:DeleteParameter"], self.secrets)
        function.allow(["sqs:SendMessage"], self.webhook_queue)
        self._any_secret(function)

    def _show_contacts(self, function: Function) -> None:
        """Grants what the pages of contacts read, and requests of erasure and of release from quarantine."""
        function.allow(["dynamodb:Scan", "dynamodb:BatchGetItem", "dynamodb:PutItem"], self.contacts)
        function.allow(["dynamodb:Query"], self.by_member)  # the lists of a contact
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], self.metrics)
        function.allow(["ses:GetSuppressedDestination", "ses:DeleteSuppressedDestination"], "*")
        acknowledge_wildcard(
            function.role, "*", "The suppression list belongs to the account: IAM has no resource for its entries."
        )

    def _send_mail(self, function: Function, *, limited: bool) -> None:
        function.allow(["ses:SendEmail", "ses:SendRawEmail"], *self._sending(limited=limited))
        function.allow(["ses:SendEmail", "ses:SendRawEmail"], self.identities, when=self.added_domain)
        # In the sandbox, SES authorises the identity of the recipient too.
        senders = {"StringLike": {"ses:FromAddress": sender_patterns(self.settings.domain)}}
        function.allow(["ses:SendEmail", "ses:SendRawEmail"], self.identities, when=senders)
        self._any_own_set(function)
        acknowledge_wildcard(
            function.role,
            self.identities,
            "A tag names each domain that this stage sends as; and any verified recipient of a sandboxed account, from our domain.",
        )

    def _sending(self, *, limited: bool) -> list[str]:
        """Returns the resources of a send. SES checks the identity and the configuration set separately, also if the set is a default.
        `limited`: also for mail with a time limit, which has sets of its own.
        """
        transactional = self.settings.transactional_configuration_set
        limits = max_delivery_time.SET_LIMITS if limited else ()
        sets = (
            transactional,
            *(max_delivery_time.set_name(transactional, limit) for limit in limits),
            self.settings.marketing_configuration_set,
        )
        return [self.settings.identity_arn, *(_arn("ses", f"configuration-set/{name}") for name in sets), self.own_sets]

    def _manage_domains(self, function: Function) -> None:
        """Grants changes of the identities that this stage sends as, and the tag that makes an identity one of them."""
        tag = self.settings.sender_tag
        function.allow(["ses:GetEmailIdentity"], self.identities)
        function.allow(
            ["ses:CreateEmailIdentity"], self.identities, when={"StringEquals": {f"aws:RequestTag/{tag}": SENDS}}
        )
        function.allow(
            ["ses:TagResource", "ses:UntagResource"],
            self.identities,
            when={"ForAllValues:StringEquals": {"aws:TagKeys": [tag]}},
        )
        function.allow(
            [
                "ses:PutEmailIdentityMailFromAttributes",
                "ses:PutEmailIdentityFeedbackAttributes",
                "ses:PutEmailIdentityConfigurationSetAttributes",
                "ses:DeleteEmailIdentity",
            ],
            self.identities,
            when=self.added_domain,
        )
        transactional = self.settings.transactional_configuration_set
        limited = (max_delivery_time.set_name(transactional, limit) for limit in (0, *max_delivery_time.SET_LIMITS))
        copied = [*limited, self.settings.marketing_configuration_set]
        originals = [_arn("ses", f"configuration-set/{name}") for name in copied]
        function.allow(["ses:GetConfigurationSet"], *originals)
        function.allow(["ses:GetConfigurationSetEventDestinations"], *originals)
        function.allow(["ses:CreateConfigurationSet", "ses:CreateConfigurationSetEventDestination"], self.own_sets)
        function.allow(["ses:DeleteConfigurationSet"], self.own_sets)
        # SES also authorises what these two calls name: the pool of a new set, and the set that becomes a default.
        function.allow(["ses:CreateConfigurationSet"], self.pools)
        function.allow(["ses:PutEmailIdentityConfigurationSetAttributes"], originals[0], self.own_sets)
        acknowledge_wildcard(
            function.role, self.pools, "A copy of a set names its pool, which the operator may have changed."
        )
        self._read_tracking_host(function)
        self._any_own_set(function)
        acknowledge_wildcard(
            function.role, self.identities, "Any domain may be added: a tag names each that this stage sends as."
        )

    def _read_tracking_host(self, function: Function) -> None:
        """Grants the check of a domain's tracking host. The stack of ours is in CloudFront's region."""
        function.allow(["ses:GetConfigurationSet"], self.own_sets)
        if self.settings.tracking_host == NO_HOST:
            return
        stack = (
            f"arn:{Aws.PARTITION}:cloudformation:{EDGE_REGION}:{Aws.ACCOUNT_ID}:stack/{self.settings.tracking_stack}/*"
        )
        function.allow(["cloudformation:DescribeStacks"], stack)
        acknowledge_wildcard(function.role, stack, "CloudFormation ends a stack's ARN with a random id.")

    def _any_own_set(self, function: Function) -> None:
        acknowledge_wildcard(
            function.role, self.own_sets, "The name of a domain's own set has its domain: any below the prefix."
        )

    def _any_import(self, function: Function) -> None:
        acknowledge_wildcard(
            function.role, self.imports, "The key of errors has their import's id: any below the prefix."
        )

    def _any_broadcast(self, function: Function) -> None:
        acknowledge_wildcard(
            function.role, self.broadcasts, "The key of a page has its broadcast's id: any below the prefix."
        )

    def _any_payload(self, function: Function) -> None:
        acknowledge_wildcard(
            function.role, self.payloads, "The key of a payload is the id of its send: any below the prefix."
        )

    def _check_recorded(self, function: Function) -> None:
        """Grants what an attempt of unknown outcome needs before it is repeated: whether its events are recorded."""
        events = self.queues.events
        function.allow(["sqs:GetQueueAttributes"], events.queue.queue_arn, events.dead_letters.queue_arn)

    def _read_uploads(self, function: Function) -> None:
        function.allow(["s3:GetObject"], self.uploads)
        acknowledge_wildcard(
            function.role, self.uploads, "The key of an upload is its random id: any below the prefix."
        )

    def _any_secret(self, function: Function) -> None:
        acknowledge_wildcard(
            function.role, self.secrets, "The name of a secret's parameter is its webhook's id: any on our path."
        )


def _arn(service: str, resource: str) -> str:
    return f"arn:{Aws.PARTITION}:{service}:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource}"


def _stream(table: dynamodb.TableV2) -> str:
    if table.table_stream_arn is None:
        raise TypeError(f"{table.node.path} has no stream to follow")
    return table.table_stream_arn
