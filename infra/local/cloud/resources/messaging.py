"""Topics, queues, the subscriptions between them, and their policies.

moto's own models of topics and queues forget most of an update, and a topic's subscriptions with it.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from infra.local.cloud.resources.model import Made, Model, Props, Site, tag_list

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


def _create_queue(site: Site, props: Props) -> Made:
    name = props.get("QueueName") or site.name(75) + (".fifo" if props.get("FifoQueue") else "")
    tags = {tag["Key"]: tag["Value"] for tag in tag_list(props.get("Tags"))}
    attributes = {key: _text(props[key]) for key in _QUEUE_ATTRIBUTES if props.get(key) is not None}
    url = site.client("sqs").create_queue(QueueName=name, Attributes=attributes, tags=tags)["QueueUrl"]
    return Made(url, {"Arn": site.arn("sqs", name), "QueueName": name, "QueueUrl": url})


def _update_queue(site: Site, made: Made, new: Props, old: Props) -> Made:
    """Set what changed; what the template no longer says goes back to AWS's default."""
    changed = {key: default for key, default in _QUEUE_ATTRIBUTES.items() if new.get(key) != old.get(key)}
    if changed:
        attributes = {key: _text(new.get(key, default)) for key, default in changed.items()}
        site.client("sqs").set_queue_attributes(QueueUrl=made.id, Attributes=attributes)
    return made


def _delete_queue(site: Site, made: Made, _props: Props) -> None:
    site.client("sqs").delete_queue(QueueUrl=made.id)


# --- topics

_TOPIC_ATTRIBUTES: Final = ("DisplayName", "KmsMasterKeyId", "SignatureVersion", "TracingConfig")


def _create_topic(site: Site, props: Props) -> Made:
    name = props.get("TopicName") or site.name(251) + (".fifo" if props.get("FifoTopic") else "")
    attributes = {key: _text(props[key]) for key in (*_TOPIC_ATTRIBUTES, "FifoTopic") if props.get(key)}
    sns = site.client("sns")
    arn = sns.create_topic(Name=name, Attributes=attributes, Tags=tag_list(props.get("Tags")))["TopicArn"]
    for endpoint in props.get("Subscription", []):
        sns.subscribe(TopicArn=arn, Protocol=endpoint["Protocol"], Endpoint=endpoint["Endpoint"])
    return Made(arn, {"TopicArn": arn, "TopicName": name})


def _update_topic(site: Site, made: Made, new: Props, old: Props) -> Made:
    for name in _TOPIC_ATTRIBUTES:
        if new.get(name) != old.get(name):
            site.client("sns").set_topic_attributes(
                TopicArn=made.id, AttributeName=name, AttributeValue=_text(new.get(name, ""))
            )
    return made


def _delete_topic(site: Site, made: Made, _props: Props) -> None:
    site.client("sns").delete_topic(TopicArn=made.id)


# --- subscriptions

_SUBSCRIPTION_ATTRIBUTES: Final = (
    "DeliveryPolicy",
    "FilterPolicy",
    "FilterPolicyScope",
    "RawMessageDelivery",
    "RedrivePolicy",
    "SubscriptionRoleArn",
)


def _subscribe(site: Site, props: Props) -> Made:
    arn = site.client("sns").subscribe(
        TopicArn=props["TopicArn"],
        Protocol=props["Protocol"],
        Endpoint=props.get("Endpoint", ""),
        Attributes={name: _text(props[name]) for name in _SUBSCRIPTION_ATTRIBUTES if name in props},
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    return Made(arn, {"Arn": arn})


def _resubscribe(site: Site, made: Made, new: Props, old: Props) -> Made:
    """Set every attribute that changed; the empty text takes one away."""
    for name in _SUBSCRIPTION_ATTRIBUTES:
        if new.get(name) != old.get(name):
            value = _text(new[name]) if name in new else _unset(name)
            site.client("sns").set_subscription_attributes(
                SubscriptionArn=made.id, AttributeName=name, AttributeValue=value
            )
    return made


def _unsubscribe(site: Site, made: Made, _props: Props) -> None:
    site.client("sns").unsubscribe(SubscriptionArn=made.id)


def _unset(attribute: str) -> str:
    return {"RawMessageDelivery": "false", "FilterPolicyScope": "MessageAttributes"}.get(attribute, "{}")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict) else str(value)


# --- policies

SetPolicy = Callable[[Site, str, str], None]


def _policy(type_: str, holders: str, put: SetPolicy, without: str) -> Model:
    """A policy that lies on several holders; those it no longer lies on go back to `without`."""

    def create(site: Site, props: Props) -> Made:
        for holder in props[holders]:
            put(site, holder, json.dumps(props["PolicyDocument"]))
        return Made(site.name())

    def update(site: Site, made: Made, new: Props, old: Props) -> Made:
        for holder in set(old[holders]) - set(new[holders]):
            put(site, holder, without)
        create(site, new)
        return made

    def delete(site: Site, _made: Made, props: Props) -> None:
        for holder in props[holders]:
            put(site, holder, without)

    return Model(type_, create, update, delete)


def _topic_policy(site: Site, topic_arn: str, policy: str) -> None:
    site.client("sns").set_topic_attributes(TopicArn=topic_arn, AttributeName="Policy", AttributeValue=policy)


def _queue_policy(site: Site, queue_url: str, policy: str) -> None:
    site.client("sqs").set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": policy})


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
