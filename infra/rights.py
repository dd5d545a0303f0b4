"""Who may do what: the single page about rights. Exact actions on exact resources, one function after the other; beside these every
function may write to its own log group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws
from aws_cdk import aws_dynamodb as dynamodb

from functions.adapters import keys
from functions.ports.events import Shelf
from infra.constructs.function import Function
from infra.constructs.lint import acknowledge_wildcard

if TYPE_CHECKING:
    from infra.service import Service

CONSUME = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
READ_STREAM = [
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",  # Lambda makes no mapping for a role without it
]


class Rights:
    """The resources of a stage by their ARNs, and what each function may do with them."""

    def __init__(self, service: Service) -> None:
        state = service.state
        self.service, self.settings = service, service.settings
        self.sends, self.emails, self.tokens = (t.table_arn for t in (state.sends, state.emails, state.tokens))
        self.metrics, self.contacts = state.metrics.table_arn, state.contacts.table_arn
        self.webhooks, self.audit = state.webhooks.table_arn, state.audit.table_arn
        self.sends_stream = _stream(state.sends)
        self.by_email, self.by_address, self.by_due = (
            f"{self.sends}/index/{index.name}" for index in (keys.BY_EMAIL, keys.BY_ADDRESS, keys.BY_DUE)
        )
        self.payloads = f"{service.state.export_value(state.payloads.bucket_arn)}/{keys.PAYLOAD_PREFIX}*"
        self.uploads = f"{service.state.export_value(state.payloads.bucket_arn)}/{keys.UPLOAD_PREFIX}*"
        self.archive = service.state.export_value(state.events.bucket_arn)
        self.send_queue = service.send_queue.queue.queue_arn
        self.webhook_queue = service.webhook_queue.queue.queue_arn
        self.secrets = _arn("ssm", f"parameter{self.settings.webhook_secrets_prefix}*")

    def grant(self) -> None:
        service = self.service
        for accepting in (service.single_send, service.api):  # api: another spelling of a send's path has no route
            self._accept(accepting)
        self._api(service.api)
        service.authorizer.allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], self.tokens)
        self._deliver(service.deliver)
        self._record(service.record)
        self._measure(service.measure)
        self._notify(service.notify)
        self._deliver_webhook(service.deliver_webhook)
        self._sweep(service.sweep)
        self._smtp_tokens(service.smtp_tokens)

    def _accept(self, function: Function) -> None:
        function.allow(["dynamodb:GetItem"], self.emails, self.contacts, self.metrics)
        function.allow(["dynamodb:GetItem", "dynamodb:Query"], self.sends)
        function.allow(["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], self.sends)
        function.allow(["sqs:SendMessage"], self.send_queue)
        function.allow(["s3:PutObject"], self.payloads)
        self._any_payload(function)
        self._read_uploads(function)

    def _api(self, function: Function) -> None:
        """It asks for an erasure, and deletes nothing of a person itself; it makes webhook secrets, and cannot read them; the audit log is
        only ever added to.
        """
        function.allow(
            ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:DeleteItem"], self.emails
        )
        function.allow(["dynamodb:Query"], f"{self.emails}/index/{keys.LISTED.name}", self.by_email, self.by_address)
        function.allow(["dynamodb:BatchGetItem"], self.sends)
        function.allow(["dynamodb:PutItem", "dynamodb:UpdateItem"], self.contacts)
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Scan"], self.tokens)
        function.allow(["dynamodb:Query", "dynamodb:PutItem"], self.metrics, self.audit)
        function.allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"], self.webhooks)
        function.allow(["ssm:PutParameter", "ssm:DeleteParameter"], self.secrets)
        function.allow(["sqs:SendMessage"], self.webhook_queue)
        function.allow(["s3:PutObject"], self.uploads)  # by who has a URL that it signed
        function.allow(["ses:GetSuppressedDestination", "ses:DeleteSuppressedDestination"], "*")
        acknowledge_wildcard(
            function.role, "*", "The suppression list is the account's: IAM knows no resource for its entries."
        )
        self._any_secret(function)

    def _deliver(self, function: Function) -> None:
        function.allow(["dynamodb:GetItem"], self.emails)
        function.allow(
            ["dynamodb:GetItem", "dynamodb:PutItem"], self.contacts, self.metrics
        )  # the governor is a metric
        function.allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], self.sends)
        function.allow(["s3:GetObject", "s3:PutObject"], self.payloads)
        self._any_payload(function)
        self._read_uploads(function)
        function.allow(["ses:SendEmail", "ses:SendRawEmail"], *self._sending())
        function.allow([*CONSUME, "sqs:ChangeMessageVisibility", "sqs:SendMessage"], self.send_queue)
        function.allow(["sqs:SendMessage"], self.service.send_queue.dead_letters.queue_arn)

    def _record(self, function: Function) -> None:
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], self.sends)
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], self.contacts)
        function.allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], self.tokens)
        function.allow(["dynamodb:UpdateItem"], self.metrics)
        function.allow(CONSUME, self.service.events_queue.queue.queue_arn)
        everything = f"{self.archive}/*"
        function.allow(["s3:PutObject"], everything)
        acknowledge_wildcard(
            function.role, everything, "All of the bucket is record's to write: an object for each batch."
        )

    def _measure(self, function: Function) -> None:
        function.allow(READ_STREAM, self.sends_stream)
        function.allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], self.metrics)
        function.allow(["sqs:SendMessage"], self.service.unmeasured.queue_arn)

    def _notify(self, function: Function) -> None:
        function.allow(READ_STREAM, self.sends_stream)
        function.allow(["dynamodb:Query"], self.webhooks)
        function.allow(["sqs:SendMessage"], self.webhook_queue, self.service.unnotified.queue_arn)
        if self.service.config.event_bridge:
            function.allow(["events:PutEvents"], _arn("events", "event-bus/default"))

    def _deliver_webhook(self, function: Function) -> None:
        """It reads the secrets that it signs with, and cannot make one."""
        function.allow([*CONSUME, "sqs:SendMessage"], self.webhook_queue)
        function.allow(["ssm:GetParameter"], self.secrets)
        self._any_secret(function)
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], self.webhooks)
        function.allow(["dynamodb:Query"], self.metrics, self.by_email)  # a replay finds the messages of its span
        function.allow(["dynamodb:BatchGetItem"], self.sends)

    def _sweep(self, function: Function) -> None:
        """It settles what is left, pauses what does harm, and forgets who asked for it."""
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], self.metrics, self.emails, self.sends, self.contacts)
        function.allow(["dynamodb:Query"], self.metrics, self.sends, self.by_email, self.by_due, self.by_address)
        function.allow(["dynamodb:BatchGetItem"], self.sends)
        function.allow(["dynamodb:UpdateItem"], self.sends, self.contacts)
        function.allow(["dynamodb:DeleteItem"], self.contacts)
        function.allow(["dynamodb:PutItem"], self.audit)
        function.allow(["sqs:GetQueueAttributes", "sqs:SendMessage"], self.send_queue)
        function.allow(["s3:DeleteObject"], self.payloads)
        self._any_payload(function)
        events = f"{self.archive}/{keys.events_prefix(Shelf.EVENTS)}*"
        function.allow(["s3:ListBucket"], self.archive)
        function.allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], events)
        acknowledge_wildcard(function.role, events, "A person's events may be in any batch of the archive.")
        function.allow(["ses:GetAccount"], "*")
        acknowledge_wildcard(function.role, "*", "GetAccount is about the account: IAM knows no resource for it.")

    def _smtp_tokens(self, function: Function) -> None:
        """The one function that may touch IAM: users on this stage's own path, and none without the boundary."""
        path = f"/staffetta/smtp/{Aws.REGION}/{self.settings.stage}/*"
        users = f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:user{path}"
        bounded = {"StringEquals": {"iam:PermissionsBoundary": self.settings.smtp_boundary_arn}}
        function.allow(["iam:CreateUser", "iam:PutUserPolicy"], users, when=bounded)
        function.allow(["iam:DeleteUserPolicy", "iam:DeleteUser"], users)
        function.allow(["iam:CreateAccessKey", "iam:ListAccessKeys"], users)
        function.allow(["iam:UpdateAccessKey", "iam:DeleteAccessKey"], users)
        acknowledge_wildcard(function.role, users, "A token's user is named by its campaign id: any on our path.")
        function.allow(["iam:ListUsers"], "*")
        acknowledge_wildcard(function.role, "*", "IAM knows no resource for the listing of users.")
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], self.tokens, self.emails)
        function.allow(["dynamodb:UpdateItem", "dynamodb:Scan"], self.tokens)
        function.allow(["dynamodb:Query"], self.metrics)
        function.allow(["dynamodb:PutItem"], self.audit)

    def _sending(self) -> list[str]:
        """SES authorises the identity and the configuration set apart, the set also where it is the identity's default."""
        sets = (self.settings.transactional_configuration_set, self.settings.marketing_configuration_set)
        return [self.settings.identity_arn, *(_arn("ses", f"configuration-set/{name}") for name in sets)]

    def _any_payload(self, function: Function) -> None:
        acknowledge_wildcard(function.role, self.payloads, "A payload's key is its send's id: any below the prefix.")

    def _read_uploads(self, function: Function) -> None:
        function.allow(["s3:GetObject"], self.uploads)
        acknowledge_wildcard(function.role, self.uploads, "An upload's key is its random id: any below the prefix.")

    def _any_secret(self, function: Function) -> None:
        acknowledge_wildcard(
            function.role, self.secrets, "A secret's parameter is named by its webhook's id: any on our path."
        )


def _arn(service: str, resource: str) -> str:
    return f"arn:{Aws.PARTITION}:{service}:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource}"


def _stream(table: dynamodb.TableV2) -> str:
    if table.table_stream_arn is None:
        raise TypeError("the sends table has no stream for measure and notify to follow")
    return table.table_stream_arn
