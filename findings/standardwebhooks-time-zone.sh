#!/usr/bin/env bash
# Guess:   a webhook can be signed with any datetime that knows its time zone.
# Really:  sign replaces the zone by UTC and keeps the hour: of one instant in another zone comes another signature, which nobody can
#          verify against the timestamp that is sent. Naive datetimes are taken for UTC, against Python's custom.
# Seen:    standardwebhooks 1.1.0 (Python).
# Matters: every delivery is refused by its receiver, on machines whose clock is not UTC: not in a test, perhaps, and not in Lambda.
#          Sign with datetime.now(UTC) alone.
# Source:  standardwebhooks/webhooks.py, Webhook.sign.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi standardwebhooks==1.1.0
seen=$(python - <<'PY'
import base64
from datetime import UTC, datetime, timedelta, timezone

from standardwebhooks import Webhook, WebhookVerificationError

webhook = Webhook("whsec_" + base64.b64encode(b"a secret for this example alone!").decode())
now = datetime.now(UTC)
for instant in (now, now.astimezone(timezone(timedelta(hours=2)))):
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(instant.timestamp())),
        "webhook-signature": webhook.sign("msg_1", instant, "{}"),
    }
    try:
        print(f"{instant.tzname()}, the same instant: {instant == now}, verified: {webhook.verify('{}', headers)}")
    except WebhookVerificationError as error:
        print(f"{instant.tzname()}, the same instant: {instant == now}, {error}")
PY
)
expect <<'SEEN'
UTC, the same instant: True, verified: {}
UTC+02:00, the same instant: True, No matching signature found
SEEN
