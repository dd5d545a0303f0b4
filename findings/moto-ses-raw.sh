#!/usr/bin/env bash
# Guess:   moto keeps a raw mail as its octets, for the recipients of Destination.
# Really:  it decodes the mail as UTF-8, so that an 8-bit mail in ISO-8859-1 raises UnicodeDecodeError; and it adds the addresses
#          of To, Cc and Bcc to those of Destination, twice where they are the same.
# Seen:    moto 5.2.5.
# Matters: a service that sends one SES call per recipient (To for everybody to see, Destination for one) looks as if it mailed
#          each person several times. Destination is "the recipients of the email message" in the service model.
# Source:  moto/sesv2/responses.py, send_email; moto/ses/models.py, send_raw_email; botocore/data/sesv2, SendEmail.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[ses]==5.2.5' boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import boto3
from moto import mock_aws
from moto.ses import ses_backends

HEAD = (
    b"From: shop@example.com\r\nTo: ann@example.net, bob@example.net\r\nSubject: Receipt\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
)
with mock_aws():
    ses = boto3.client("sesv2")
    ses.create_email_identity(EmailIdentity="example.com")
    for body in (b"Thank you", "Grüße".encode("iso-8859-1")):
        try:
            ses.send_email(Destination={"ToAddresses": ["ann@example.net"]}, Content={"Raw": {"Data": HEAD + body}})
            print("destinations:", ses_backends["123456789012"]["us-east-1"].sent_messages[-1].destinations)
        except UnicodeDecodeError as error:
            print("UnicodeDecodeError:", error.reason)
PY
)
expect <<'SEEN'
destinations: ['ann@example.net', 'ann@example.net', 'bob@example.net']
UnicodeDecodeError: invalid start byte
SEEN
