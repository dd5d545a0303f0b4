#!/usr/bin/env bash
# Guess:   the paths of HubSpot's Python client are those of its documentation and of its own Node client.
# Really:  it lists and creates marketing emails at /marketing/v3/emails/, with a slash at the end; the one email is without.
# Seen:    hubspot-api-client 12.0.0. (@hubspot/api-client 14.0.1 for Node: no slash; hubspot-node-fields.sh shows its path.)
# Matters: a stand-in or a proxy needs both. An HTTP API of API Gateway cannot even have a route that ends in a slash, so that
#          these two calls fall to $default.
# Source:  hubspot/marketing/emails/api/marketing_emails_api.py; storacha/w3infra, issue 166, on the route.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi hubspot-api-client==12.0.0
seen=$(python - <<'PY'
import http.server
import threading

from hubspot import Client
from hubspot.marketing.emails import EmailCreateRequest


class Server(http.server.BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        print(self.command, self.path)
        self.send_response(201 if self.command == "POST" else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = Client.create(access_token="none", host=f"http://127.0.0.1:{server.server_port}")
emails = client.marketing.emails.marketing_emails_api
emails.get_page()
emails.create(email_create_request=EmailCreateRequest(name="Receipt"))
emails.get_by_id(email_id="1")
PY
)
expect <<'SEEN'
GET /marketing/v3/emails/
POST /marketing/v3/emails/
GET /marketing/v3/emails/1
SEEN
