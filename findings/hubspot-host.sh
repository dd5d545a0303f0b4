#!/usr/bin/env bash
# Guess:   Client.create(host=...) of hubspot-api-client sends the requests to that host.
# Really:  version 10 takes the argument in silence and keeps api.hubapi.com; since version 11 it is followed. base_url, which
#          looks like it, moves no request of the typed APIs in either.
# Seen:    hubspot-api-client 10.0.0, 11.0.0 and 12.0.0.
# Matters: with a stand-in for HubSpot, an old client sends a test's mails, with the test's key, to HubSpot itself.
# Source:  hubspot/discovery/discovery_base.py. Only the configuration is read here; nothing is sent.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

cat >"$work/finding.py" <<'PY'
from importlib.metadata import version

from hubspot import Client

for argument in ("host", "base_url"):
    client = Client.create(access_token="none", **{argument: "http://localhost:8080"})
    sends_to = client.marketing.transactional.single_send_api.api_client.configuration.host
    print(f"{version('hubspot-api-client')} {argument}: {sends_to}")
PY
for version in 10.0.0 11.0.0 12.0.0; do
  venv=$version pypi "hubspot-api-client==$version"
done
seen=$(for version in 10.0.0 11.0.0 12.0.0; do venv=$version python "$work/finding.py"; done)
expect <<'SEEN'
10.0.0 host: https://api.hubapi.com
10.0.0 base_url: https://api.hubapi.com
11.0.0 host: http://localhost:8080
11.0.0 base_url: https://api.hubapi.com
12.0.0 host: http://localhost:8080
12.0.0 base_url: https://api.hubapi.com
SEEN
