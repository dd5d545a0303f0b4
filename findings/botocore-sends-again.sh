#!/usr/bin/env bash
# Guess:   a call that sends mail is made once, or at most once more where its author asked for it.
# Really:  boto3 makes three, since SendEmail counts as any other call: also where the connection broke after the whole mail was
#          received. retries={"max_attempts": 1} still makes two; {"total_max_attempts": 1} is the one that makes one.
# Seen:    botocore 1.44.8.
# Matters: SES's SendEmail has no idempotency token, so each of these may be a mail. Switch them off, and settle a call whose
#          answer was lost by SES's own events.
# Source:  botocore's guide to retries; botocore/data/sesv2, SendEmailRequest, which has no token among its members.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi boto3==1.44.8 botocore==1.44.8
seen=$(python - <<'PY'
import http.server
import threading

import boto3
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

received = []


class TakesTheMailAndHangsUp(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        received.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.close_connection = True

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), TakesTheMailAndHangsUp)
threading.Thread(target=server.serve_forever, daemon=True).start()
mail = {"Simple": {"Subject": {"Data": "Receipt"}, "Body": {"Text": {"Data": "Thank you"}}}}
for retries in ({}, {"max_attempts": 1}, {"total_max_attempts": 1}):
    received.clear()
    chosen = dict(retries)  # boto3 writes into the dict that it is given
    ses = boto3.client("sesv2", endpoint_url=f"http://127.0.0.1:{server.server_port}", config=Config(retries=retries))
    try:
        ses.send_email(
            FromEmailAddress="shop@example.com", Destination={"ToAddresses": ["ann@example.net"]}, Content=mail
        )
    except ConnectionClosedError:
        print(f"retries={chosen}: {len(received)} times {len(set(received))} mail")
PY
)
expect <<'SEEN'
retries={}: 3 times 1 mail
retries={'max_attempts': 1}: 2 times 1 mail
retries={'total_max_attempts': 1}: 1 times 1 mail
SEEN
