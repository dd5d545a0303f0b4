#!/usr/bin/env bash
# Guess:   a call to a mail service that fails rejects its promise.
# Really:  Mailchimp Transactional's client for Node resolves it, with the error as the result: after an answer of 500, one of 401 and a connection
#          that was refused, `await` returns an error as if it were the answer. Its client for Python raises.
# Seen:    @mailchimp/mailchimp_transactional 1.4.1 (npm), mailchimp_transactional 1.4.1 (PyPI).
# Matters: `try` and `catch` around a send never see a failure: the mail is lost, a queue deletes its message, and nothing is tried again. Even a
#          sent mail is a list, so ask `Array.isArray(result)` before anything else.
# Source:  src/ApiClient.js of the package, `post`, whose `catch` returns the error.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi mailchimp_transactional==1.4.1
npm_install @mailchimp/mailchimp_transactional@1.4.1
cat >"$work/finding.js" <<'JS'
const { createServer } = require("http");
const { execFile } = require("child_process");
const client = require("@mailchimp/mailchimp_transactional")("testing");

const server = createServer((request, response) => {
  const status = Number(request.url.split("/")[1]);
  request.resume().on("end", () => response.writeHead(status, { "Content-Type": "application/json" }).end('{"status": "error", "name": "GeneralError", "message": "no"}'));
});
const send = async (name, address) => {
  client.basePath = address;
  const [how, value] = await client.messages.send({ message: {} }).then((result) => ["resolves with", result], (error) => ["rejects with", error]);
  console.log(`Node, ${name}: ${how}`, value instanceof Error ? "an error" : value);
};
server.listen(0, "127.0.0.1", async () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  await send("answer 500", `${address}/500`);
  await send("answer 401", `${address}/401`);
  execFile(process.argv[2], [process.argv[3], `${address}/500`], async (error, output) => {
    process.stdout.write(error ? String(error) : output);
    server.close();
    server.closeAllConnections();
    await send("nothing listens", address);
  });
});
JS
cat >"$work/finding.py" <<'PY'
import sys

import mailchimp_transactional

client = mailchimp_transactional.Client("testing")
client.messages.api_client.host = sys.argv[1]
try:
    print("Python, answer 500: returns", client.messages.send({"message": {}}))
except mailchimp_transactional.api_client.ApiClientError as error:
    print("Python, answer 500: raises", type(error).__name__)
PY
seen=$(node "$work/finding.js" "$work/venv/bin/python" "$work/finding.py")
expect <<'SEEN'
Node, answer 500: resolves with an error
Node, answer 401: resolves with an error
Python, answer 500: raises ApiClientError
Node, nothing listens: resolves with an error
SEEN
