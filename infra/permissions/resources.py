"""The resources of a stage, by their ARNs."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_dynamodb as dynamodb

from functions.adapters import schema
from functions.core.emails.images import FOLDER
from functions.core.sending import max_delivery_time
from functions.ports.events import ArchiveFolder
from functions.settings import SENDS, Settings
from infra.constructs.lint import Wildcard
from infra.event_sources import UnreadChanges
from infra.regions import EDGE_REGION
from infra.state import StateStack

SUPPRESSION_LIST = Wildcard("*", "The suppression list belongs to the account: IAM has no resource for its entries.")
DEDICATED_IPS = Wildcard("*", "IAM has no resource for reports on addresses, and the operator chooses the set's pool.")
SES_ACCOUNT = Wildcard("*", "GetAccount is about the account: IAM has no resource for it.")
ALARMS = Wildcard("*", "IAM has no resource for the alarms of a prefix.")
USER_LIST = Wildcard("*", "IAM has no resource for ListUsers.")


class StageResources:
    """The ARNs of a stage's resources. A Wildcard is one whose exact name is not fixed when the stage is deployed."""

    def __init__(self, state: StateStack, settings: Settings, unread: UnreadChanges) -> None:
        self.settings, self.queues, self.unread = settings, state.queues, unread
        self._set_tables(state)
        self._set_indexes()
        self._set_queues()
        self._set_objects(state)
        self._set_senders()
        self._set_secrets_and_people(state)

    def _set_tables(self, state: StateStack) -> None:
        self.sends, self.emails, self.tokens = (t.table_arn for t in (state.sends, state.emails, state.tokens))
        self.metrics, self.contacts, self.audience = (
            t.table_arn for t in (state.metrics, state.contacts, state.audience)
        )
        self.webhooks, self.automations, self.content = (
            t.table_arn for t in (state.webhooks, state.automations, state.content)
        )
        self.access, self.audit = state.access.table_arn, state.audit.table_arn
        self.sends_stream, self.contacts_stream, self.audience_stream = (
            _stream(table) for table in (state.sends, state.contacts, state.audience)
        )

    def _set_indexes(self) -> None:
        self.sends_by_address = _index(self.sends, schema.BY_ADDRESS)
        self.sends_by_due = _index(self.sends, schema.BY_DUE)
        self.emails_listed = _index(self.emails, schema.LISTED)
        self.tokens_by_state = _index(self.tokens, schema.BY_STATE)
        self.contacts_by_number = _index(self.contacts, schema.BY_NUMBER)
        self.lists_by_member = _index(self.audience, schema.BY_MEMBER)
        self.runs_by_due = _index(self.automations, schema.RUNS_BY_DUE)
        self.runs_by_automation = _index(self.automations, schema.RUNS_BY_AUTOMATION)

    def _set_queues(self) -> None:
        self.send_queue = self.queues.sends.queue.queue_arn
        self.send_dead_letters = self.queues.sends.dead_letters.queue_arn
        self.broadcast_queue = self.queues.broadcasts.queue.queue_arn
        self.broadcast_dead_letters = self.queues.broadcasts.dead_letters.queue_arn
        self.events_queue = self.queues.events.queue.queue_arn
        self.events_dead_letters = self.queues.events.dead_letters.queue_arn
        self.webhook_queue = self.queues.webhooks.queue.queue_arn
        self.automation_queue = self.queues.automations.queue.queue_arn

    def _set_objects(self, state: StateStack) -> None:
        payloads = state.export_value(state.payloads.bucket_arn)
        images = state.export_value(state.images.bucket_arn)
        self.archive = state.export_value(state.events.bucket_arn)
        self.payloads = _below(payloads, schema.PAYLOAD_PREFIX, "The key of a payload is the id of its send.")
        self.uploads = _below(payloads, schema.UPLOAD_PREFIX, "The key of an upload is its random id.")
        self.broadcasts = _below(payloads, schema.BROADCAST_PREFIX, "The key of a page has its broadcast's id.")
        self.imports = _below(payloads, schema.IMPORT_PREFIX, "The key of errors has their import's id.")
        self.images = _below(images, f"{FOLDER}/", "The key of an image is a hash of it.")
        self.archived = _below(self.archive, "", "record writes an object for each batch, anywhere in the bucket.")
        events = schema.events_prefix(ArchiveFolder.EVENTS)
        self.archived_events = _below(self.archive, events, "A person's events may be in any batch of the archive.")

    def _set_senders(self) -> None:
        settings = self.settings
        limits = (0, *max_delivery_time.SET_LIMITS)
        names = (max_delivery_time.set_name(settings.transactional_configuration_set, limit) for limit in limits)
        self.identity = settings.identity_arn
        self.identities = Wildcard(
            _arn("ses", "identity/*"),
            "Any domain may be added: a tag names each that this stage sends as. SES also authorises a sandboxed account's recipients.",
        )
        self.transactional_set, *self.limited_sets = (_configuration_set(name) for name in names)
        self.marketing_set = _configuration_set(settings.marketing_configuration_set)
        self.own_sets = Wildcard(
            _configuration_set(f"{settings.own_sets_prefix}*"), "The name of a domain's own set has its domain."
        )
        self.pools = Wildcard(
            _arn("ses", "dedicated-ip-pool/*"),
            "A copy of a set names its pool, which the operator may have changed.",
        )
        self.added_domain = {"StringEquals": {f"aws:ResourceTag/{settings.sender_tag}": SENDS}}  # a condition
        self.tracking_stack = Wildcard(
            f"arn:{Aws.PARTITION}:cloudformation:{EDGE_REGION}:{Aws.ACCOUNT_ID}:stack/{settings.tracking_stack}/*",
            "CloudFormation ends a stack's ARN with a random id.",
        )

    def _set_secrets_and_people(self, state: StateStack) -> None:
        self.secrets = Wildcard(
            _arn("ssm", f"parameter{self.settings.webhook_secrets_prefix}*"),
            "The name of a secret's parameter is its webhook's id: any on our path.",
        )
        self.user_pool = state.users.pool_arn
        self.smtp_users = Wildcard(
            f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:user/staffetta/smtp/{Aws.REGION}/{self.settings.stage}/*",
            "The name of a token's user is its campaign id: any on our path.",
        )
        self.smtp_tokens_function = _arn("lambda", f"function:{self.settings.smtp_tokens_function}")
        self.event_bus = _arn("events", "event-bus/default")


def _configuration_set(name: str) -> str:
    return _arn("ses", f"configuration-set/{name}")


def _arn(service: str, resource: str) -> str:
    return f"arn:{Aws.PARTITION}:{service}:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource}"


def _index(table: str, index: schema.Index) -> str:
    return f"{table}/index/{index.name}"


def _below(bucket: str, prefix: str, reason: str) -> Wildcard:
    return Wildcard(f"{bucket}/{prefix}*", reason)


def _stream(table: dynamodb.TableV2) -> str:
    if table.table_stream_arn is None:
        raise TypeError(f"{table.node.path} has no stream to follow")
    return table.table_stream_arn
