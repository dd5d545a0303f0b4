#!/usr/bin/env bash
# Guess:   HubSpot's Python client sends a list's filter as it is given, and gives it back as the server answered it.
# Really:  it sends a dict as it is. But the filter that it reads has the fields of every kind of filter at once, and its operation has
#          `type` TIME_RANGED, which no one set, though it compares texts.
# Seen:    hubspot-api-client 12.0.0.
# Matters: a list that is read, changed and sent back names a type that its filter does not have, so a server must ignore it there.
# Source:  hubspot/crm/lists/models/public_survey_monkey_value_filter_value_comparison.py (one model for every operation).
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi hubspot-api-client==12.0.0
seen=$(python - <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from hubspot import Client

OPERATION = {"operationType": "MULTISTRING", "operator": "IS_EQUAL_TO", "values": ["Rome"], "includeObjectsWithNoValueSet": False}
FILTER = {"filterType": "PROPERTY", "property": "city", "operation": OPERATION}
BRANCH = {
    "filterBranchType": "OR", "filterBranchOperator": "OR", "filters": [], "filterBranches": [
        {"filterBranchType": "AND", "filterBranchOperator": "AND", "filterBranches": [], "filters": [FILTER]}
    ],
}
LIST = {
    "listId": "1", "name": "Rome", "processingType": "DYNAMIC", "processingStatus": "COMPLETE", "objectTypeId": "0-1",
    "listVersion": 1, "filterBranch": BRANCH,
}


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
        print("sent as given:", sent["filterBranch"] == BRANCH)
        self.do_GET()

    def do_GET(self):
        body = json.dumps({"list": LIST}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
lists = Client.create(access_token="none", host=url, base_url=url).crm.lists.lists_api
lists.create({"name": "Rome", "processingType": "DYNAMIC", "objectTypeId": "0-1", "filterBranch": BRANCH})
read = lists.get_by_id("1", include_filters=True).list.filter_branch.to_dict()
one = read["filter_branches"][0]["filters"][0]
operation = one.pop("operation")
print("fields of the filter read:", len(one) + len(operation) + 1)
print("set in its operation:", {name: value for name, value in operation.items() if value is not None})
PY
)
expect <<'SEEN'
sent as given: True
fields of the filter read: 72
set in its operation: {'include_objects_with_no_value_set': False, 'operation_type': 'MULTISTRING', 'operator': 'IS_EQUAL_TO', 'values': ['Rome'], 'type': 'TIME_RANGED'}
SEEN
