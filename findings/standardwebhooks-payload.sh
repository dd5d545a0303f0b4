#!/usr/bin/env bash
# Guess:   verify checks a signature, and its errors are WebhookVerificationError.
# Really:  after a good signature it also parses the payload as JSON: a plain text raises JSONDecodeError in Python and SyntaxError
#          in Node; an empty body raises in Python and is undefined in Node. Python has json_parse=False for it.
# Seen:    standardwebhooks 1.1.0 (Python), standardwebhooks 1.1.1 (npm).
# Matters: a receiver that answers 401 to WebhookVerificationError answers 500 to these and is tried again for days; the scheme itself
#          signs octets and asks for no JSON.
# Source:  standardwebhooks/webhooks.py, Webhook.verify; the Standard Webhooks specification, "signature scheme".
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi standardwebhooks==1.1.0
npm_install standardwebhooks@1.1.1
seen=$(
  python - <<'PY'
import base64
from datetime import UTC, datetime

from standardwebhooks import Webhook

webhook, now = Webhook(base64.b64encode(b"a secret for this example alone!").decode()), datetime.now(UTC)
for body in ('{"id": 1}', "delivered", ""):
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": webhook.sign("msg_1", now, body),
    }
    try:
        outcome = webhook.verify(body, headers)
    except Exception as error:
        outcome = type(error).__name__
    print(f"Python, {body!r}: {outcome}, json_parse=False: {webhook.verify(body, headers, json_parse=False)}")
PY
  javascript <<'JS'
const { Webhook } = require("standardwebhooks");
const webhook = new Webhook(Buffer.from("a secret for this example alone!").toString("base64"));
const now = new Date();
for (const body of ['{"id": 1}', "delivered", ""]) {
  const headers = {
    "webhook-id": "msg_1",
    "webhook-timestamp": String(Math.floor(now / 1000)),
    "webhook-signature": webhook.sign("msg_1", now, body),
  };
  let outcome;
  try {
    outcome = JSON.stringify(webhook.verify(body, headers));
  } catch (error) {
    outcome = error.constructor.name;
  }
  console.log(`Node, '${body}': ${outcome}`);
}
JS
)
expect <<'SEEN'
Python, '{"id": 1}': {'id': 1}, json_parse=False: None
Python, 'delivered': JSONDecodeError, json_parse=False: None
Python, '': JSONDecodeError, json_parse=False: None
Node, '{"id": 1}': {"id":1}
Node, 'delivered': SyntaxError
Node, '': undefined
SEEN
