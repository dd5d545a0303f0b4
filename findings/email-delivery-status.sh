#!/usr/bin/env bash
# Guess:   `get_content()` of a bounce's `message/delivery-status` part is that report.
# Really:  in Python it is the report's first block, which is about the server. The recipients, with their status, are in blocks of
#          their own, which `walk()` visits as empty parts of type text/plain. mailparser of npm has no such part and puts the report at the end
#          of the mail's text; postal-mime has it as an attachment.
# Seen:    Python 3.11.7, 3.12.1 and 3.13.0; mailparser 3.14.2, postal-mime 4.0.0.
# Matters: a search for Final-Recipient in what `get_content()` returns finds none, and no bounce is counted. A loop over the text/plain parts
#          finds three instead of one. In Python read the blocks: `[dict(block) for block in part.get_payload()]`.
# Source:  email/feedparser.py and email/contentmanager.py (`get_and_fixup_unknown_message_content`); RFC 3464, 2.1; mailparser's issue 264.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

npm_install mailparser@3.14.2 postal-mime@4.0.0
printf '%s\r\n' 'From: mailer-daemon@example.net' 'To: shop@example.com' 'Subject: Undelivered mail' 'MIME-Version: 1.0' \
  'Content-Type: multipart/report; report-type=delivery-status; boundary=b' '' '--b' '' 'Your mail came back.' \
  '--b' 'Content-Type: message/delivery-status' '' 'Reporting-MTA: dns; mx.example.net' '' \
  'Final-Recipient: rfc822; ada@example.net' 'Action: failed' 'Status: 5.1.1' '' \
  '--b--' >"$work/bounce.eml"
seen=$(
  python3 - "$work/bounce.eml" <<'PY'
import sys
from email import message_from_bytes, policy
from pathlib import Path

bounce = message_from_bytes(Path(sys.argv[1]).read_bytes(), policy=policy.default)
_, report = bounce.iter_parts()
print("Python, get_content():", report.get_content())
print("Python, get_payload():", [dict(block) for block in report.get_payload()])
print("Python, walk():", *(part.get_content_type() for part in bounce.walk()))
PY
  javascript <<JS
const { simpleParser } = require("mailparser");
const raw = require("fs").readFileSync("$work/bounce.eml");
(async () => {
  const { default: PostalMime } = await import("postal-mime");
  for (const [name, mail] of [["mailparser", await simpleParser(raw)], ["postal-mime", await PostalMime.parse(raw)]])
    console.log(name + ":", JSON.stringify(mail.text), "and", mail.attachments.map((part) => part.mimeType ?? part.contentType).join() || "no attachment");
})();
JS
)
expect <<'SEEN'
Python, get_content(): b'Reporting-MTA: dns; mx.example.net\n\n'
Python, get_payload(): [{'Reporting-MTA': 'dns; mx.example.net'}, {'Final-Recipient': 'rfc822; ada@example.net', 'Action': 'failed', 'Status': '5.1.1'}]
Python, walk(): multipart/report text/plain message/delivery-status text/plain text/plain
mailparser: "Your mail came back.\nReporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; ada@example.net\nAction: failed\nStatus: 5.1.1\n" and no attachment
postal-mime: "Your mail came back.\n" and message/delivery-status
SEEN
