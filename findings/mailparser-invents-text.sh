#!/usr/bin/env bash
# Guess:   `text` of nodemailer's mailparser is the text part of a mail, and empty for a mail without one.
# Really:  for a mail with HTML only it is made from the HTML, so it is always there. Python's email package has no such part.
# Seen:    mailparser 3.14.2.
# Matters: a test that looks at `text` to prove that a mail has its text part passes without one, and spam filters then judge the mail.
#          The invented text joins the cells of a table, too. `skipHtmlToText: true` shows what is in the mail.
# Source:  mailparser's documentation, option `skipHtmlToText`.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

npm_install mailparser@3.14.2
printf '%s\r\n' 'From: shop@example.com' 'To: ada@example.net' 'Subject: Receipt' 'MIME-Version: 1.0' \
  'Content-Type: text/html; charset=utf-8' '' '<p>Thank you</p><table><tr><td>Pen</td><td>38</td></tr></table>' >"$work/mail.eml"
seen=$(
  javascript <<JS
const { simpleParser } = require("mailparser");
const mail = require("fs").readFileSync("$work/mail.eml");
(async () => {
  console.log("by default:", JSON.stringify((await simpleParser(mail)).text));
  console.log("skipHtmlToText:", JSON.stringify((await simpleParser(mail, { skipHtmlToText: true })).text));
})();
JS
  python3 - "$work/mail.eml" <<'PY'
import email
import email.policy
import sys
from pathlib import Path

message = email.message_from_bytes(Path(sys.argv[1]).read_bytes(), policy=email.policy.default)
print("Python's email package:", message.get_body(("plain",)))
PY
)
expect <<'SEEN'
by default: "Thank you\n\nPen38"
skipHtmlToText: ""
Python's email package: None
SEEN
