#!/usr/bin/env bash
# Guess:   a mail to bounce@simulator.amazonses.com in moto gives a bounce of that mail, as SNS delivers it.
# Really:  it gives a fixed bounce of two other addresses and another message id, dated 2012, and its Message is a JSON object
#          where SNS always has a text.
# Seen:    moto 5.2.5, for the topic of an identity; the events of configuration sets are not there at all.
# Matters: code that decodes Message (the right way) fails on moto, code that passes on moto fails on AWS, and no bounce can be
#          matched with its send.
# Source:  moto/ses/feedback.py; moto/ses/models.py, __process_sns_feedback__.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[ses,sns,sqs]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import json

import boto3
from moto import mock_aws

RECIPIENT = "bounce@simulator.amazonses.com"
with mock_aws():
    sns, sqs, ses = boto3.client("sns"), boto3.client("sqs"), boto3.client("ses")
    topic, queue = sns.create_topic(Name="bounces")["TopicArn"], sqs.create_queue(QueueName="bounces")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:bounces")
    ses.verify_domain_identity(Domain="example.com")
    ses.set_identity_notification_topic(Identity="example.com", NotificationType="Bounce", SnsTopic=topic)
    sent = ses.send_email(
        Source="shop@example.com",
        Destination={"ToAddresses": [RECIPIENT]},
        Message={"Subject": {"Data": "Receipt"}, "Body": {"Text": {"Data": "Thank you"}}},
    )
    body = json.loads(sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"])
    notice = body["Message"]
    print("Message is a", type(notice).__name__)
    print("of the mail that was sent:", notice["mail"]["messageId"] == sent["MessageId"])
    print("of its recipient:", RECIPIENT in [one["emailAddress"] for one in notice["bounce"]["bouncedRecipients"]])
    print("recipients:", len(notice["bounce"]["bouncedRecipients"]), "in the year", notice["bounce"]["timestamp"][:4])
PY
)
expect <<'SEEN'
Message is a dict
of the mail that was sent: False
of its recipient: False
recipients: 2 in the year 2012
SEEN
