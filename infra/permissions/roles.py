"""The role of each function, in the order of a send."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from infra.constructs.function import Function
from infra.permissions.console import console
from infra.permissions.resources import DEDICATED_IPS, SES_ACCOUNT, SUPPRESSION_LIST, USER_LIST, StageResources
from infra.permissions.tasks import (
    CONSUME,
    READ_STREAM,
    check_recorded,
    check_tracking_host,
    manage_automations,
    manage_domains,
    manage_images,
    read_uploads,
    send_mail,
)


def grant_permissions(functions: Mapping[str, Function], stage: StageResources) -> None:
    """Grants each function its permissions. `functions` are by the names of their Lambda files. Raises KeyError if one is missing."""
    for name, grants in ROLES.items():
        for grant in grants:
            grant(functions[name], stage)


def accept(function: Function, stage: StageResources) -> None:
    function.allow(["dynamodb:GetItem"], stage.emails, stage.contacts, stage.metrics)
    function.allow(["dynamodb:GetItem", "dynamodb:Query"], stage.sends)
    function.allow(["dynamodb:Query"], stage.metrics)  # the domains
    function.allow(["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], stage.sends)
    function.allow(["sqs:SendMessage"], stage.send_queue)
    function.allow(["s3:PutObject"], stage.payloads)
    read_uploads(function, stage)


def check_keys(function: Function, stage: StageResources) -> None:
    function.allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], stage.tokens)


def api(function: Function, stage: StageResources) -> None:
    """Grants the API's permissions. It requests erasures but deletes no personal data itself. It creates webhook secrets but cannot read
    them. It only appends to the audit log.
    """
    function.allow(["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:DeleteItem"], stage.emails)
    function.allow(["dynamodb:Query"], stage.emails_listed, stage.sends_by_address)
    function.allow(["dynamodb:BatchGetItem"], stage.sends)
    function.allow(["dynamodb:Query"], stage.content)
    function.allow(["dynamodb:PutItem", "dynamodb:Scan"], stage.contacts)
    function.allow(["dynamodb:Query"], stage.contacts_by_number)
    function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], stage.audience)
    function.allow(["dynamodb:DeleteItem", "dynamodb:Query"], stage.audience)
    function.allow(["dynamodb:Query"], stage.lists_by_member)
    function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Scan"], stage.tokens)
    function.allow(["dynamodb:PutItem"], stage.metrics, stage.audit)
    function.allow(["dynamodb:Query"], stage.audit)
    function.allow(["dynamodb:DeleteItem"], stage.metrics)  # a domain
    function.allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"], stage.webhooks)
    function.allow(["ssm:PutParameter", "ssm:DeleteParameter"], stage.secrets)
    function.allow(["sqs:SendMessage"], stage.webhook_queue, stage.broadcast_queue)
    function.allow(["dynamodb:BatchGetItem"], stage.audience)
    function.allow(["s3:GetObject"], stage.broadcasts, stage.imports)
    function.allow(["s3:PutObject"], stage.uploads)  # through the URLs that it signs
    function.allow(["ses:GetSuppressedDestination", "ses:DeleteSuppressedDestination"], SUPPRESSION_LIST)
    function.allow(["ses:GetDedicatedIpPool", "ses:GetDedicatedIps", "ses:GetBlacklistReports"], DEDICATED_IPS)
    manage_domains(function, stage)
    manage_images(function, stage)
    manage_automations(function, stage)


def deliver(function: Function, stage: StageResources) -> None:
    function.allow(["dynamodb:GetItem"], stage.emails)
    # The rate limiter is an item of the metrics table.
    function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], stage.contacts, stage.metrics)
    function.allow(["dynamodb:BatchGetItem"], stage.contacts)
    function.allow(["dynamodb:Query"], stage.metrics)  # the domains
    function.allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], stage.sends)
    function.allow(["dynamodb:BatchWriteItem"], stage.content)
    function.allow(["s3:GetObject", "s3:PutObject"], stage.payloads)
    read_uploads(function, stage)
    send_mail(function, stage, time_limits=True)
    function.allow([*CONSUME, "sqs:ChangeMessageVisibility", "sqs:SendMessage"], stage.send_queue)
    function.allow(["sqs:SendMessage"], stage.send_dead_letters)
    check_recorded(function, stage)


def broadcast(function: Function, stage: StageResources) -> None:
    """Grants what a broadcast needs. It claims messages as deliver does, and reads whole pages of contacts and messages."""
    function.allow(["dynamodb:GetItem"], stage.emails)
    function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"], stage.metrics)
    function.allow(["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"], stage.contacts)
    function.allow(["dynamodb:Scan"], stage.contacts)  # the evaluation of a list
    function.allow(["dynamodb:DeleteItem"], stage.audience)
    function.allow(["s3:PutObject"], stage.imports)
    function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], stage.sends)
    function.allow(["dynamodb:BatchGetItem"], stage.sends)
    function.allow(["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"], stage.audience)
    function.allow(["dynamodb:Query", "dynamodb:UpdateItem"], stage.audience)
    function.allow(["s3:GetObject", "s3:PutObject"], stage.broadcasts)
    read_uploads(function, stage)
    send_mail(function, stage, time_limits=False)
    function.allow([*CONSUME, "sqs:ChangeMessageVisibility", "sqs:SendMessage"], stage.broadcast_queue)
    function.allow(["sqs:SendMessage"], stage.broadcast_dead_letters)
    check_recorded(function, stage)


def record(function: Function, stage: StageResources) -> None:
    function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], stage.sends)
    function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], stage.contacts)
    function.allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], stage.tokens)
    function.allow(["dynamodb:UpdateItem"], stage.metrics)
    function.allow(CONSUME, stage.events_queue)
    function.allow(["s3:PutObject"], stage.archived)


def measure(function: Function, stage: StageResources) -> None:
    function.allow(READ_STREAM, stage.sends_stream)
    function.allow(["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"], stage.metrics)
    function.allow(["sqs:SendMessage"], stage.unread.measure.queue_arn)


def notify(function: Function, stage: StageResources) -> None:
    function.allow(READ_STREAM, stage.sends_stream)
    function.allow(["dynamodb:Query"], stage.webhooks, stage.automations)
    queues = (stage.webhook_queue, stage.automation_queue, stage.broadcast_queue, stage.unread.notify.queue_arn)
    function.allow(["sqs:SendMessage"], *queues)
    if stage.settings.event_bridge:
        function.allow(["events:PutEvents"], stage.event_bus)


def deliver_webhook(function: Function, stage: StageResources) -> None:
    """Grants read access to the secrets that sign webhooks. The function cannot create one."""
    function.allow([*CONSUME, "sqs:SendMessage"], stage.webhook_queue)
    function.allow(["ssm:GetParameter"], stage.secrets)
    function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], stage.webhooks)
    function.allow(["dynamodb:Query"], stage.metrics)  # a replay reads the messages of its time range
    function.allow(["dynamodb:BatchGetItem"], stage.sends)
    function.allow(["dynamodb:GetItem"], stage.contacts)  # of an automation's step, who may have been erased
    function.allow(["dynamodb:Query"], stage.audience)  # ... and of its broadcasts
    function.allow(["s3:GetObject"], stage.broadcasts)


def automate(function: Function, stage: StageResources) -> None:
    """Grants what a run does: it sends as the API accepts, and changes its contact and lists."""
    function.allow(CONSUME, stage.automation_queue)
    function.allow(["sqs:SendMessage"], stage.automation_queue, stage.webhook_queue, stage.send_queue)
    function.allow(["dynamodb:GetItem"], stage.emails, stage.contacts, stage.metrics)
    function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], stage.sends)
    function.allow(["dynamodb:DeleteItem"], stage.sends)  # a send that cannot be queued is undone
    function.allow(["s3:PutObject"], stage.payloads)
    function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], stage.automations)
    function.allow(["dynamodb:Query"], stage.automations, stage.runs_by_automation)
    function.allow(["dynamodb:PutItem", "dynamodb:Scan"], stage.contacts)
    function.allow(["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], stage.audience)


def observe_contacts(function: Function, stage: StageResources) -> None:
    function.allow(READ_STREAM, stage.contacts_stream, stage.audience_stream)
    function.allow(["dynamodb:Query"], stage.automations)
    function.allow(["sqs:SendMessage"], stage.automation_queue, stage.unread.observe_contacts.queue_arn)


def sweep(function: Function, stage: StageResources) -> None:
    """Grants what the sweep needs to settle stuck sends, pause harmful email, and erase persons on request."""
    function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], stage.metrics, stage.emails, stage.contacts)
    function.allow(["dynamodb:Query"], stage.metrics, stage.sends, stage.sends_by_due, stage.sends_by_address)
    function.allow(["dynamodb:Scan"], stage.sends_by_due)  # at the first sweep, and after a long outage
    function.allow(["dynamodb:BatchGetItem", "dynamodb:PutItem"], stage.sends)
    function.allow(["dynamodb:BatchGetItem"], stage.emails)  # judges their reputation
    function.allow(["dynamodb:UpdateItem"], stage.sends)
    function.allow(["dynamodb:DeleteItem"], stage.contacts, stage.metrics, stage.audience)
    function.allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"], stage.audience)
    function.allow(["dynamodb:PutItem"], stage.audience)  # a broadcast without an erased person
    function.allow(["sqs:SendMessage"], stage.broadcast_queue)
    function.allow(["dynamodb:Query"], stage.lists_by_member)
    function.allow(["dynamodb:Query", "dynamodb:DeleteItem"], stage.automations)
    function.allow(["dynamodb:Query", "dynamodb:Scan"], stage.runs_by_due)
    function.allow(["sqs:SendMessage"], stage.automation_queue)
    function.allow(["dynamodb:Query", "dynamodb:DeleteItem", "dynamodb:UpdateItem"], stage.content)
    function.allow(["dynamodb:PutItem"], stage.audit)
    function.allow(["sqs:GetQueueAttributes", "sqs:SendMessage"], stage.send_queue)
    function.allow(["s3:DeleteObject"], stage.payloads)
    function.allow(["s3:ListBucket"], stage.archive)
    function.allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], stage.archived_events)
    function.allow(["ses:GetConfigurationSet"], stage.transactional_set)
    check_tracking_host(function, stage)
    function.allow(["ses:GetEmailIdentity"], stage.identities)
    function.allow(["ses:GetAccount"], SES_ACCOUNT)


def smtp_tokens(function: Function, stage: StageResources) -> None:
    """Grants IAM permissions, to this function only: on users on this stage's own path, and only with the boundary."""
    bounded = {"StringEquals": {"iam:PermissionsBoundary": stage.settings.smtp_boundary_arn}}
    function.allow(["iam:CreateUser", "iam:PutUserPolicy"], stage.smtp_users, when=bounded)
    function.allow(["iam:GetUserPolicy", "iam:DeleteUserPolicy", "iam:DeleteUser"], stage.smtp_users)
    function.allow(["iam:CreateAccessKey", "iam:ListAccessKeys"], stage.smtp_users)
    function.allow(["iam:UpdateAccessKey", "iam:DeleteAccessKey"], stage.smtp_users)
    function.allow(["iam:ListUsers"], USER_LIST)
    function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], stage.tokens, stage.emails)
    function.allow(["dynamodb:UpdateItem", "dynamodb:Scan", "dynamodb:BatchGetItem"], stage.tokens)
    function.allow(["dynamodb:Query"], stage.tokens_by_state)
    function.allow(["dynamodb:GetItem", "dynamodb:Query"], stage.metrics)
    function.allow(["dynamodb:PutItem"], stage.audit)


ROLES: Mapping[str, tuple[Callable[[Function, StageResources], None], ...]] = {
    "single_send": (accept, check_keys),
    "api": (accept, api),  # another spelling of a send's path has no route
    "deliver": (deliver,),
    "broadcast": (broadcast,),
    "record": (record,),
    "measure": (measure,),
    "notify": (notify,),
    "deliver_webhook": (deliver_webhook,),
    "automate": (automate,),
    "observe_contacts": (observe_contacts,),
    "sweep": (sweep,),
    "smtp_tokens": (smtp_tokens,),
    "console": (console,),
}
