"""SQS, SNS and EventBridge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from infra.local.cloud.iam.permission_rules import (
    ANY,
    AccountContext,
    Params,
    PermissionRule,
    any_resource,
    each,
    renamed,
)
from infra.local.cloud.iam.policy_evaluation import Grant


def _queue(params: Params, account: AccountContext) -> str:
    name = params.get("QueueName") or params["QueueUrl"].rpartition("/")[2]
    return account.arn("sqs", name)


SQS: Final[Mapping[str, PermissionRule]] = {
    **each("sqs", "SendMessage ReceiveMessage DeleteMessage ChangeMessageVisibility", _queue),
    **each("sqs", "GetQueueAttributes SetQueueAttributes GetQueueUrl PurgeQueue", _queue),
    "SendMessageBatch": renamed("sqs:SendMessage", _queue),
    "DeleteMessageBatch": renamed("sqs:DeleteMessage", _queue),
    "ChangeMessageVisibilityBatch": renamed("sqs:ChangeMessageVisibility", _queue),
    "StartMessageMoveTask": renamed("sqs:StartMessageMoveTask", lambda params, _: params["SourceArn"]),
    "ListMessageMoveTasks": renamed("sqs:ListMessageMoveTasks", lambda params, _: params["SourceArn"]),
    **each("sqs", "ListQueues", any_resource),
}


def _topic(params: Params, _account: AccountContext) -> str:
    """Returns the topic's ARN, or "*": a text message to a telephone number has no topic."""
    return str(params.get("TopicArn") or params.get("TargetArn") or ANY)


SNS: Final[Mapping[str, PermissionRule]] = {
    **each("sns", "Publish Subscribe GetTopicAttributes SetTopicAttributes ListSubscriptionsByTopic", _topic),
    "PublishBatch": renamed("sns:Publish", _topic),
    **each("sns", "ListTopics Unsubscribe", any_resource),
}


def _put_events(params: Params, account: AccountContext) -> Iterable[Grant]:
    buses = (entry.get("EventBusName", "default") for entry in params["Entries"])
    return dict.fromkeys(
        ("events:PutEvents", bus if bus.startswith("arn:") else account.arn("events", f"event-bus/{bus}"))
        for bus in buses
    )


EVENTS: Final[Mapping[str, PermissionRule]] = {"PutEvents": _put_events}
