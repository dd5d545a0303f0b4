#!/usr/bin/env bash
# Guess:   emails.get(...) of hubspot-sdk reads one email, as get(...) of its other resources reads one object.
# Really:  it reads the statistics of all emails, and takes no id. No method reads an email by its id: 18 methods for HubSpot's 19
#          operations, although GET /marketing/emails/2026-03/{emailId} is one of them.
# Seen:    hubspot-sdk 0.1.0a9.
# Matters: a program that moves to this client reads an email by the client's untyped get(path, cast_to=PublicEmail).
# Source:  hubspot_sdk/resources/marketing/emails.py.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

cat >"$work/finding.py" <<'PY'
import inspect
from importlib.metadata import version

import httpx
from hubspot_sdk import HubSpot
from hubspot_sdk.resources.marketing.emails import EmailsResource

asked = []


def answer(request):
    asked.append(f"{request.method} {request.url.path}")
    return httpx.Response(200, json={})


client = HubSpot(
    access_token="none",
    base_url="http://localhost",
    http_client=httpx.Client(transport=httpx.MockTransport(answer)),
)
client.marketing.emails.get()
methods = [name for name, value in inspect.getmembers(EmailsResource, inspect.isfunction) if name[0] != "_"]
print("hubspot-sdk", version("hubspot-sdk"), "emails.get:", *asked)
print(len(methods), "methods, of which get:", *(name for name in methods if name.startswith("get")))
PY
pypi "hubspot-sdk==0.1.0a9"
seen=$(python "$work/finding.py")
expect <<'SEEN'
hubspot-sdk 0.1.0a9 emails.get: GET /marketing/emails/2026-03/statistics/list
18 methods, of which get: get get_ab_test_variation get_draft get_histogram get_revision
SEEN
