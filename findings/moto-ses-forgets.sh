#!/usr/bin/env bash
# Guess:   moto's SES refuses a configuration set that does not exist, and shows what was sent.
# Really:  it takes any name. Of what was sent it keeps subject and one body, the HTML one if there is one: set, tags, headers and
#          the text part are gone.
# Seen:    moto 5.2.5.
# Matters: the set (which pool, which events) and the tags (how an event finds its message) are what a mail service must get
#          right, and no assertion on moto can see them. Read them from the request instead (botocore's before-call event).
# Source:  moto/sesv2/responses.py, send_email.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[ses]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import boto3
from moto import mock_aws
from moto.ses import ses_backends

with mock_aws():
    ses = boto3.client("sesv2")
    ses.create_email_identity(EmailIdentity="example.com")
    answer = ses.send_email(
        FromEmailAddress="shop@example.com",
        Destination={"ToAddresses": ["ann@example.net"]},
        ConfigurationSetName="no-such-set",
        EmailTags=[{"Name": "send", "Value": "42"}],
        Content={
            "Simple": {
                "Subject": {"Data": "Receipt"},
                "Body": {"Text": {"Data": "Thank you"}, "Html": {"Data": "<p>Thank you</p>"}},
                "Headers": [{"Name": "X-Order", "Value": "42"}],
            }
        },
    )
    print("answer:", answer["ResponseMetadata"]["HTTPStatusCode"])
    sent = vars(ses_backends["123456789012"]["us-east-1"].sent_messages[0])
    print("kept:", {name: value for name, value in sent.items() if name != "id"})
PY
)
expect <<'SEEN'
answer: 200
kept: {'source': 'shop@example.com', 'subject': 'Receipt', 'body': '<p>Thank you</p>', 'destinations': {'ToAddresses': ['ann@example.net']}}
SEEN
