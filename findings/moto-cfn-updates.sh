#!/usr/bin/env bash
# Guess:   a stack update in moto changes the resource, or fails.
# Really:  it can be UPDATE_COMPLETE and change nothing (a log group's retention), or take away what is not in the template: a
#          topic whose display name changes loses its subscriptions.
# Seen:    moto 5.2.5.
# Matters: SES's events reach their queue by such a subscription. A test of an upgrade on moto loses them, and one that asserts a
#          changed retention by the stack's status proves nothing.
# Source:  moto/logs/models.py, LogGroup has no update; moto/sns/models.py, Topic.update_from_cloudformation_json deletes and creates.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[cloudformation,sns,sqs]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import json

import boto3
from moto import mock_aws


def deploy(operation, days, title):
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "deliver", "RetentionInDays": days}}
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "events", "DisplayName": title}}
    operation(StackName="mail", TemplateBody=json.dumps({"Resources": {"Log": group, "Topic": topic}}))


def show(when):
    retention = boto3.client("logs").describe_log_groups()["logGroups"][0]["retentionInDays"]
    title = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["DisplayName"]
    subscriptions = len(sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"])
    status = cloudformation.describe_stacks(StackName="mail")["Stacks"][0]["StackStatus"]
    print(f"{when}: {status}, retention {retention}, display name {title!r}, subscriptions {subscriptions}")


with mock_aws():
    cloudformation, sns = boto3.client("cloudformation"), boto3.client("sns")
    boto3.client("sqs").create_queue(QueueName="events")
    deploy(cloudformation.create_stack, 7, "one")
    topic = sns.list_topics()["Topics"][0]["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:events")
    show("created")
    deploy(cloudformation.update_stack, 30, "two")
    show("updated")
PY
)
expect <<'SEEN'
created: CREATE_COMPLETE, retention 7, display name 'one', subscriptions 1
updated: UPDATE_COMPLETE, retention 7, display name 'two', subscriptions 0
SEEN
