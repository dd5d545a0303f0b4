#!/usr/bin/env bash
# Guess:   one secret gives one signature in each language of Standard Webhooks' libraries, or each refuses it.
# Really:  for a secret in the URL-safe alphabet of base64, Python leaves the characters - and _ out and signs with a shorter key, without an error where
#          the rest still decodes; Node raises.
# Seen:    standardwebhooks 1.1.0 (PyPI), standardwebhooks 1.1.1 (npm).
# Matters: `secrets.token_urlsafe()` is the usual way to make a secret in Python. The sender works, its own tests pass, and no receiver that decodes the
#          secret as RFC 4648 has it gets the same signature.
# Source:  RFC 4648, sections 4 and 5; Python's documentation of `base64.b64decode`, `validate`; standardwebhooks/webhooks.py, `Webhook.__init__`.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi standardwebhooks==1.1.0
npm_install standardwebhooks@1.1.1
seen=$(
  python - <<'PY'
import base64
from datetime import UTC, datetime

from standardwebhooks import Webhook

usual, when = "+/+/" + 39 * "A" + "=", datetime(2026, 12, 1, tzinfo=UTC)
url_safe = usual.replace("+", "-").replace("/", "_")
print("the same key by RFC 4648:", base64.b64decode(usual) == base64.urlsafe_b64decode(url_safe))
signatures = [Webhook(secret).sign("msg_1", when, "{}") for secret in (usual, url_safe)]
print("Python signs alike:", signatures[0] == signatures[1])
shorter = Webhook(url_safe.replace("-", "").replace("_", "")).sign("msg_1", when, "{}")
print("Python signs as without - and _:", signatures[1] == shorter)
PY
  javascript <<'JS'
const { Webhook } = require("standardwebhooks");
const usual = "+/+/" + "A".repeat(39) + "=";
try {
  new Webhook(usual.replaceAll("+", "-").replaceAll("/", "_"));
  console.log("Node: accepted");
} catch (error) {
  console.log("Node:", error.message);
}
JS
)
expect <<'SEEN'
the same key by RFC 4648: True
Python signs alike: False
Python signs as without - and _: True
Node: Base64Coder: incorrect characters for decoding
SEEN
