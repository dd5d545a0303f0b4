#!/usr/bin/env bash
# Guess:   what a handler returns is posted as JSON, or the call fails.
# Really:  awslambdaric posts NaN and Infinity as these words, which are no JSON; and it escapes each character beyond ASCII unless
#          AWS_EXECUTION_ENV names Python 3.12 or newer, as it does in Lambda and not on a machine of one's own.
# Seen:    awslambdaric 4.2.2.
# Matters: an open rate of nothing out of nothing reaches API Gateway as a broken answer, and not the log as an error. And the same
#          answer is longer locally than in Lambda: six octets for an é instead of two, against a limit of 6 MB.
# Source:  awslambdaric/lambda_runtime_marshaller.py, Encoder.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi awslambdaric==4.2.2
cat >"$work/statistics_api.py" <<'PY'
def handler(event, context):
    return {"name": "Zoé", "openRate": float("nan")}
PY
cat >"$work/runtime_api.py" <<'PY'
"""A Lambda service of one call: hands out an event, prints what is posted."""
import http.server
import json
import os
import subprocess
import sys
import threading

posted = threading.Event()


class RuntimeApi(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if posted.is_set():
            return threading.Event().wait()  # the next call never comes
        self.answer(200, {"Lambda-Runtime-Aws-Request-Id": "1", "Lambda-Runtime-Deadline-Ms": "9999999999999"}, b"{}")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        no_json = []
        json.loads(body, parse_constant=no_json.append)
        print(f"{body} no JSON: {no_json}")
        self.answer(202, {}, b"")
        posted.set()

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json", "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


for image in ("", "AWS_Lambda_python3.13"):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), RuntimeApi)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    posted.clear()
    environment = {**os.environ, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}", "AWS_EXECUTION_ENV": image}
    process = subprocess.Popen(
        [sys.executable, "-m", "awslambdaric", "statistics_api.handler"],
        cwd=os.path.dirname(os.path.abspath(__file__)),
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    print(f"{image or 'no image'}: ", end="", flush=True)
    posted.wait(30)
    process.kill()
PY
seen=$(python -u "$work/runtime_api.py" 2>/dev/null)
expect <<'SEEN'
no image: {"name": "Zo\u00e9", "openRate": NaN} no JSON: ['NaN']
AWS_Lambda_python3.13: {"name": "Zoé", "openRate": NaN} no JSON: ['NaN']
SEEN
