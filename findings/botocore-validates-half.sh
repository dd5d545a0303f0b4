#!/usr/bin/env bash
# Guess:   botocore checks a call against the limits of the service model before it is sent.
# Really:  it checks types, required members and the lower bounds. Upper bounds, patterns and enumerations are in the model too, and
#          are left to the service.
# Seen:    botocore 1.44.8.
# Matters: 16 headers, a header of 2,000 octets or an unknown disposition of an attachment pass every test with a stub or a mock
#          and fail at SES, per mail. Whoever imitates SES has to check them from the model.
# Source:  botocore/validate.py; botocore/data/sesv2, MessageHeaderList, MessageHeaderValue, AttachmentContentDisposition.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import boto3
from botocore.exceptions import ParamValidationError
from botocore.stub import Stubber

ses = boto3.client("sesv2")
model = ses.meta.service_model
for shape in ("MessageHeaderList", "MessageHeaderValue", "MessageHeaderName"):
    print(f"{shape}: {model.shape_for(shape).metadata}")
print("AttachmentContentDisposition:", model.shape_for("AttachmentContentDisposition").enum)


def outcome(**simple):
    body = {"Subject": {"Data": "Receipt"}, "Body": {"Text": {"Data": "Thank you"}}, **simple}
    with Stubber(ses) as stub:
        stub.add_response("send_email", {"MessageId": "1"})
        try:
            ses.send_email(
                FromEmailAddress="shop@example.com", Destination={"ToAddresses": ["ann@example.net"]}, Content={"Simple": body}
            )
        except ParamValidationError:
            return "refused"
        return "sent"


def header(name="X-Order", value="42"):
    return {"Name": name, "Value": value}


attachment = {"FileName": "receipt.pdf", "RawContent": b"%PDF", "ContentDisposition": "SIDEWAYS"}
print("a header without a name:", outcome(Headers=[header(name="")]))
print("16 headers:", outcome(Headers=[header()] * 16))
print("a header of 2,000 octets:", outcome(Headers=[header(value="4" * 2000)]))
print("a header in Greek:", outcome(Headers=[header(value="αβγ")]))
print("an unknown disposition:", outcome(Attachments=[attachment]))
PY
)
expect <<'SEEN'
MessageHeaderList: {'min': 0, 'max': 15}
MessageHeaderValue: {'min': 1, 'max': 995, 'pattern': '[ -~]*'}
MessageHeaderName: {'min': 1, 'max': 126, 'pattern': '^[!-9;-@A-~]+$'}
AttachmentContentDisposition: ['ATTACHMENT', 'INLINE']
a header without a name: refused
16 headers: sent
a header of 2,000 octets: sent
a header in Greek: sent
an unknown disposition: sent
SEEN
