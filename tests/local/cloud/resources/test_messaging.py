"""Queues, topics and subscriptions, made by a stack."""

from __future__ import annotations

import json
from typing import Any

from infra.local.cloud import Cloud
from tests.support.aws.cloudformation import attribute, ref, resource


def resources(**changes: Any) -> dict[str, Any]:
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}],
    }
    return {
        "Dead": resource("SQS::Queue"),
        "Queue": resource(
            "SQS::Queue",
            VisibilityTimeout=changes.get("visibility", 60),
            **(
                {"RedrivePolicy": {"deadLetterTargetArn": attribute("Dead", "Arn"), "maxReceiveCount": 3}}
                if changes.get("redrive", True)
                else {}
            ),
        ),
        "QueuePolicy": resource("SQS::QueuePolicy", Queues=[ref("Queue")], PolicyDocument=policy),
        "Topic": resource("SNS::Topic", DisplayName=changes.get("display", "first")),
        "TopicPolicy": resource("SNS::TopicPolicy", Topics=[ref("Topic")], PolicyDocument=policy),
        "Subscription": resource(
            "SNS::Subscription",
            TopicArn=ref("Topic"),
            Protocol="sqs",
            Endpoint=attribute("Queue", "Arn"),
            RawMessageDelivery=changes.get("raw", True),
            **({"FilterPolicy": changes["filter"]} if "filter" in changes else {}),
        ),
    }


def test_a_published_message_reaches_the_queue_raw(cloud: Cloud, stacks: Any) -> None:
    """The subscription delivers raw, as configured."""
    stacks.put("mq", resources())
    queue, topic = stacks.id_of("mq", "Queue"), stacks.id_of("mq", "Topic")
    cloud.client("sns").publish(TopicArn=topic, Message="hello")
    assert cloud.client("sqs").receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "hello"
    attributes = cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert json.loads(attributes["Policy"])["Statement"][0]["Action"] == "sqs:SendMessage"
    assert json.loads(attributes["RedrivePolicy"])["maxReceiveCount"] == 3


def test_updates_are_in_place(cloud: Cloud, stacks: Any) -> None:
    """A changed queue, topic and subscription stay the same resource with new settings."""
    stacks.put("mqu", resources())
    before = [stacks.id_of("mqu", name) for name in ("Queue", "Topic", "Subscription")]
    stacks.put("mqu", resources(visibility=90, display="second", raw=False, filter={"kind": ["a"]}, redrive=False))
    assert [stacks.id_of("mqu", name) for name in ("Queue", "Topic", "Subscription")] == before
    attributes = cloud.client("sqs").get_queue_attributes(QueueUrl=before[0], AttributeNames=["All"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "90"
    assert "RedrivePolicy" not in attributes
    assert cloud.client("sns").get_topic_attributes(TopicArn=before[1])["Attributes"]["DisplayName"] == "second"
    subscription = cloud.client("sns").get_subscription_attributes(SubscriptionArn=before[2])["Attributes"]
    assert subscription["RawMessageDelivery"] == "false"
    assert json.loads(subscription["FilterPolicy"]) == {"kind": ["a"]}


def test_policies_leave_with_their_resource(cloud: Cloud, stacks: Any) -> None:
    """A policy that is removed from the template is removed from the queue and the topic."""
    with_policies = resources()
    stacks.put("mqp", with_policies)
    stacks.put("mqp", {name: part for name, part in with_policies.items() if not name.endswith("Policy")})
    attributes = cloud.client("sqs").get_queue_attributes(QueueUrl=stacks.id_of("mqp", "Queue"), AttributeNames=["All"])
    assert not attributes["Attributes"].get("Policy")


def test_the_stack_leaves_nothing(cloud: Cloud, stacks: Any) -> None:
    """Queues, topics and subscriptions of a deleted stack are gone."""
    stacks.put("mqd", resources())
    stacks.delete("mqd")
    assert not any("mqd-" in url for url in cloud.client("sqs").list_queues().get("QueueUrls", []))
    assert not any("mqd-" in topic["TopicArn"] for topic in cloud.client("sns").list_topics()["Topics"])
    assert not any("mqd-" in item["TopicArn"] for item in cloud.client("sns").list_subscriptions()["Subscriptions"])
