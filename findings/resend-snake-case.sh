#!/usr/bin/env bash
# Guess:   Resend's Node client sends the fields of Resend's API, or refuses a name that it does not know.
# Really:  it sends the fields that it knows by their JavaScript names, and drops the others without a word: `scheduled_at` and `reply_to`, which are
#          the names in the API and in Resend's Python client, never leave. The call succeeds.
# Seen:    resend 6.38.0 (npm) and 2.52.0 (PyPI).
# Matters: a mail that was to go out at Christmas goes out at once, and the answer goes to a sender that nobody reads. TypeScript reports a name in
#          an object written in place; JSON from a queue, a cast or plain JavaScript it does not.
# Source:  resend's `parseEmailToApiOptions`; Resend's API reference, "Send Email", names both fields for the API and for each client.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi resend==2.52.0
npm_install resend@6.38.0
cat >"$work/server.py" <<'PY'
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import resend


class Resend(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        print(f"{name}:", json.dumps({key: body[key] for key in sorted(body) if key not in ("from", "to", "subject", "text")}))
        answer = b'{"id": "1"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


server = HTTPServer(("127.0.0.1", 0), Resend)
threading.Thread(target=server.serve_forever, daemon=True).start()
resend.api_url = f"http://127.0.0.1:{server.server_port}"
resend.api_key = "re_testing"
mail = {"from": "a@example.com", "to": "b@example.com", "subject": "s", "text": "t"}
name = "Python, scheduled_at and reply_to"
resend.Emails.send({**mail, "scheduled_at": "2026-12-24T10:00:00Z", "reply_to": "c@example.com"})
for name, fields in (
    ("Node, scheduled_at and reply_to", {"scheduled_at": "2026-12-24T10:00:00Z", "reply_to": "c@example.com"}),
    ("Node, scheduledAt and replyTo", {"scheduledAt": "2026-12-24T10:00:00Z", "replyTo": "c@example.com"}),
):
    script = f"""
        const {{ Resend }} = require("resend");
        new Resend("re_testing", {{ baseUrl: "{resend.api_url}" }}).emails.send({json.dumps({**mail, **fields})}).then(({{ data, error }}) => console.log("  answer:", data, error));
    """
    environment = {"PATH": sys.argv[2], "RESEND_BASE_URL": resend.api_url}
    print(subprocess.run(["node", "-e", script], cwd=sys.argv[1], env=environment, capture_output=True, text=True, check=True).stdout, end="")
PY
seen=$(python "$work/server.py" "$work" "$PATH")
expect <<'SEEN'
Python, scheduled_at and reply_to: {"reply_to": "c@example.com", "scheduled_at": "2026-12-24T10:00:00Z"}
Node, scheduled_at and reply_to: {}
  answer: { id: '1' } null
Node, scheduledAt and replyTo: {"reply_to": "c@example.com", "scheduled_at": "2026-12-24T10:00:00Z"}
  answer: { id: '1' } null
SEEN
