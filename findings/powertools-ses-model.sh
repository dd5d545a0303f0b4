#!/usr/bin/env bash
# Guess:   Powertools for AWS Lambda reads each mail that SES hands to a function, whichever of its two readers one takes.
# Really:  the parser's `SesModel` raises for values that the data class `SESEvent` of the same package lists: a verdict DISABLED, which a receipt
#          rule without scanning gives (the API's default), and an invocation RequestResponse. It also demands a Subject, and drops `dkimVerdict`.
# Seen:    aws-lambda-powertools 3.37.0, @types/aws-lambda 8.10.164.
# Matters: the function fails for each such mail, and after Lambda's retries the customer's answer is lost. Tests with an event of the
#          documentation, where all verdicts pass, do not show it.
# Source:  utilities/parser/models/ses.py and utilities/data_classes/ses_event.py of the package; @types/aws-lambda, trigger/ses.d.ts; SES's API
#          reference, ReceiptRule, `ScanEnabled`; awslabs/swift-aws-lambda-events, pull request 111, the same in Swift.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi "aws-lambda-powertools[parser]==3.37.0"
npm_install @types/aws-lambda@8.10.164
seen=$(
  python - <<'PY'
from copy import deepcopy

from aws_lambda_powertools.utilities.data_classes import SESEvent
from aws_lambda_powertools.utilities.parser.models import SesModel
from pydantic import ValidationError

PASS, FUNCTION = {"status": "PASS"}, "arn:aws:lambda:us-east-1:123456789012:function:inbound"
MOMENT = "2026-11-30T10:00:00.000Z"
PLAIN = {
    "mail": {
        "timestamp": MOMENT, "source": "ada@example.net", "messageId": "1", "destination": ["shop@example.com"],
        "headersTruncated": False, "headers": [],
        "commonHeaders": {
            "from": ["ada@example.net"], "to": ["shop@example.com"], "returnPath": "ada@example.net", "messageId": "<1@example.net>",
            "date": "Mon, 30 Nov 2026 10:00:00 +0000", "subject": "My order",
        },
    },
    "receipt": {
        "timestamp": MOMENT, "processingTimeMillis": 500, "recipients": ["shop@example.com"], "spamVerdict": PASS, "virusVerdict": PASS,
        "spfVerdict": PASS, "dkimVerdict": PASS, "dmarcVerdict": PASS,
        "action": {"type": "Lambda", "invocationType": "Event", "functionArn": FUNCTION},
    },
}  # fmt: skip


def read(name, ses):
    event = {"Records": [{"eventSource": "aws:ses", "eventVersion": "1.0", "ses": ses}]}
    receipt = SESEvent(event).receipt
    try:
        model = SesModel.model_validate(event).Records[0].ses.receipt
        parser = f"dkimVerdict {getattr(model, 'dkimVerdict', 'is not there')}"
    except ValidationError as error:
        parser = f"refuses {error.errors()[0]['loc'][-1]}"
    print(f"{name}: data class {receipt.spam_verdict.status}, {receipt.action.invocation_type}; parser {parser}")


read("plain", PLAIN)
unscanned, synchronous, without_subject = deepcopy(PLAIN), deepcopy(PLAIN), deepcopy(PLAIN)
unscanned["receipt"]["spamVerdict"] = unscanned["receipt"]["virusVerdict"] = {"status": "DISABLED"}
synchronous["receipt"]["action"]["invocationType"] = "RequestResponse"
del without_subject["mail"]["commonHeaders"]["subject"]
read("unscanned", unscanned)
read("synchronous", synchronous)
read("without a subject", without_subject)
PY
  echo "TypeScript's types:" "$(grep -Eo 'status: ("[A-Z_]+"( \| )?)+|subject\?: string' "$work/node_modules/@types/aws-lambda/trigger/ses.d.ts" | paste -sd, -)"
)
expect <<'SEEN'
plain: data class PASS, Event; parser dkimVerdict is not there
unscanned: data class DISABLED, Event; parser refuses status
synchronous: data class PASS, RequestResponse; parser refuses invocationType
without a subject: data class PASS, Event; parser refuses subject
TypeScript's types: subject?: string,status: "PASS" | "FAIL" | "GRAY" | "PROCESSING_FAILED" | "DISABLED"
SEEN
