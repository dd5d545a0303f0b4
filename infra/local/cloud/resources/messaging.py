"""Topics, queues, the subscriptions between them, and their policies.

moto's own models of topics and queues ignore most of an update, and drop a topic's subscriptions with it.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from infra.local.cloud.resources.model import CreatedResource, Model, Props, ResourceContext, tag_list

# --- queues

_QUEUE_ATTRIBUTES: Final = {
    "ContentBasedDeduplication": "false",
    "DelaySeconds": "0",
    "FifoQueue": "false",
    "KmsDataKeyReusePeriodSeconds": "300",
    "KmsMasterKeyId": "",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "RedriveAllowPolicy": "",
    "RedrivePolicy": "",
    "VisibilityTimeout": "30",
}


def _create_queue(context: ResourceContext, props: Props) -> CreatedResource:
    name = props.get("QueueName") or context.name(75) + (".fifo" if props.get("FifoQueue") else "")
    tags = {tag["Key"]: tag["Value"] for tag in tag_list(props.get("Tags"))}
    attributes = {key: _text(props[key]) for key in _QUEUE_ATTRIBUTES if props.get(key) is not None}
    url = context.client("sqs").create_queue(QueueName=name, Attributes=attributes, tags=tags)["QueueUrl"]
    return CreatedResource(url, {"Arn": context.arn("sqs", name), "QueueName": name, "QueueUrl": url})


def _update_queue(context: ResourceContext, resource: CreatedResource, new: Props, old: Props) -> CreatedResource:
    """Sets the changed attributes. An attribute that the template no longer has returns to AWS's default."""
    changed = {key: default for key, default in _QUEUE_ATTRIBUTES.items() if new.get(key) != old.get(key)}
    if changed:
        attributes = {key: _text(new.get(key, default)) for key, default in changed.items()}
        context.client("sqs").set_queue_attributes(QueueUrl=resource.id, Attributes=attributes)
    return resource


def _delete_queue(context: ResourceContext, resource: CreatedResource, _props: Props) -> None:
    context.client("sqs").delete_queue(QueueUrl=resource.id)


# --- topics

_TOPIC_ATTRIBUTES: Final = ("DisplayName", "KmsMasterKeyId", "SignatureVersion", "TracingConfig")


def _create_topic(context: ResourceContext, props: Props) -> CreatedResource:
    name = props.get("TopicName") or context.name(251) + (".fifo" if props.get("FifoTopic") else "")
    attributes = {key: _text(props[key]) for key in (*_TOPIC_ATTRIBUTES, "FifoTopic") if props.get(key)}
    sns = context.client("sns")
    arn = sns.create_topic(Name=name, Attributes=attributes, Tags=tag_list(props.get("Tags")))["TopicArn"]
    for endpoint in props.get("Subscription", []):
        sns.subscribe(TopicArn=arn, Protocol=endpoint["Protocol"], Endpoint=endpoint["Endpoint"])
    return CreatedResource(arn, {"TopicArn": arn, "TopicName": name})


def _update_topic(context: ResourceContext, resource: CreatedResource, new: Props, old: Props) -> CreatedResource:
    for name in _TOPIC_ATTRIBUTES:
        if new.get(name) != old.get(name):
            context.client("sns").set_topic_attributes(
                TopicArn=resource.id, AttributeName=name, AttributeValue=_text(new.get(name, ""))
            )
    return resource


def _delete_topic(context: ResourceContext, resource: CreatedResource, _props: Props) -> None:
    context.client("sns").delete_topic(TopicArn=resource.id)


# --- subscriptions

_SUBSCRIPTION_ATTRIBUTES: Final = (
    "DeliveryPolicy",
    "FilterPolicy",
    "FilterPolicyScope",
    "RawMessageDelivery",
    "RedrivePolicy",
    "SubscriptionRoleArn",
)


def _subscribe(context: ResourceContext, props: Props) -> CreatedResource:
    arn = context.client("sns").subscribe(
        TopicArn=props["TopicArn"],
        Protocol=props["Protocol"],
        Endpoint=props.get("Endpoint", ""),
        Attributes={name: _text(props[name]) for name in _SUBSCRIPTION_ATTRIBUTES if name in props},
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    return CreatedResource(arn, {"Arn": arn})


def _resubscribe(context: ResourceContext, resource: CreatedResource, new: Props, old: Props) -> CreatedResource:
    """Sets every attribute that changed. An empty value removes an attribute."""
    for name in _SUBSCRIPTION_ATTRIBUTES:
        if new.get(name) != old.get(name):
            value = _text(new[name]) if name in new else _unset(name)
            context.client("sns").set_subscription_attributes(
                SubscriptionArn=resource.id, AttributeName=name, AttributeValue=value
            )
    return resource


def _unsubscribe(context: ResourceContext, resource: CreatedResource, _props: Props) -> None:
    context.client("sns").unsubscribe(SubscriptionArn=resource.id)


def _unset(attribute: str) -> str:
    return {"RawMessageDelivery": "false", "FilterPolicyScope": "MessageAttributes"}.get(attribute, "{}")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict) else str(value)


# --- policies

SetPolicy = Callable[[ResourceContext, str, str], None]


def _policy(type_: str, holders: str, put: SetPolicy, without: str) -> Model:
    """Returns the model of a policy on several holders. A holder that loses the policy gets `without` instead."""

    def create(context: ResourceContext, props: Props) -> CreatedResource:
        for holder in props[holders]:
            put(context, holder, json.dumps(props["PolicyDocument"]))
        return CreatedResource(context.name())

    def update(context: ResourceContext, resource: CreatedResource, new: Props, old: Props) -> CreatedResource:
        for holder in set(old[holders]) - set(new[holders]):
            put(context, holder, without)
        create(context, new)
        return resource

    def delete(context: ResourceContext, _created: CreatedResource, props: Props) -> None:
        for holder in props[holders]:
            put(context, holder, without)

    return Model(type_, create, update, delete)


def _topic_policy(context: ResourceContext, topic_arn: str, policy: str) -> None:
    context.client("sns").set_topic_attributes(TopicArn=topic_arn, AttributeName="Policy", AttributeValue=policy)


def _queue_policy(context: ResourceContext, queue_url: str, policy: str) -> None:
    context.client("sqs").set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": policy})


MODELS = (
    Model(
        "AWS::SQS::Queue",
        _create_queue,
        _update_queue,
        _delete_queue,
        frozenset({"Arn", "QueueName", "QueueUrl"}),
        frozenset({"FifoQueue", "QueueName"}),
    ),
    Model(
        "AWS::SNS::Topic",
        _create_topic,
        _update_topic,
        _delete_topic,
        frozenset({"TopicArn", "TopicName"}),
        frozenset({"FifoTopic", "Subscription", "TopicName"}),
    ),
    Model(
        "AWS::SNS::Subscription",
        _subscribe,
        _resubscribe,
        _unsubscribe,
        frozenset({"Arn"}),
        frozenset({"Endpoint", "Protocol", "TopicArn"}),
    ),
    _policy("AWS::SNS::TopicPolicy", "Topics", _topic_policy, '{"Version": "2012-10-17", "Statement": []}'),
    _policy("AWS::SQS::QueuePolicy", "Queues", _queue_policy, ""),
)
