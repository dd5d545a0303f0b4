#!/usr/bin/env bash
# Guess:   a DKIM library signs the header of one-click unsubscription, as RFC 8058 demands: both fields of it must be in the signature's `h=`.
# Really:  dkimpy signs `List-Unsubscribe` and leaves out `List-Unsubscribe-Post`. So did nodemailer, which signs both since 10.6.1 (2026-11-20).
# Seen:    dkimpy 1.1.8; nodemailer 10.6.0 and 10.6.1.
# Matters: Gmail and Yahoo offer their own unsubscribe button only for a signed pair. Name the field in `include_headers`.
# Source:  RFC 8058, section 4; dkim/__init__.py, `DKIM.SHOULD`, the list of RFC 6376, section 5.4.1, which is older; nodemailer's issue 1922.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi dkimpy==1.1.8 cryptography==50.0.2
npm_install earlier@npm:nodemailer@10.6.0 nodemailer@10.6.1
openssl genrsa -out "$work/key.pem" -traditional 2048 2>/dev/null
seen=$(
  python - "$work/key.pem" <<'PY'
import re
import sys
from pathlib import Path

import dkim

message = (
    b"From: shop@example.com\r\nTo: ada@example.net\r\nSubject: News\r\n"
    b"List-Unsubscribe: <https://example.com/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nHello\r\n"
)
head = dkim.sign(message, b"s", b"example.com", Path(sys.argv[1]).read_bytes()).decode()
signed = re.search(r"\bh=([^;]*)", head)[1].replace(" ", "").split(":")
print("dkimpy:", *(name.strip() for name in signed if name.strip().startswith("list-")))
PY
  javascript <<JS
const privateKey = require("fs").readFileSync("$work/key.pem", "utf8");
const dkim = { domainName: "example.com", keySelector: "s", privateKey };
const headers = { "List-Unsubscribe": "<https://example.com/u>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" };
const message = { from: "shop@example.com", to: "ada@example.net", subject: "News", text: "Hello", headers };
(async () => {
  for (const name of ["earlier", "nodemailer"]) {
    const sent = await require(name).createTransport({ streamTransport: true, buffer: true, dkim }).sendMail(message);
    const signed = sent.message.toString().match(/\bh=([^;]*)/)[1].replace(/\s/g, "").split(":");
    console.log("nodemailer", require(name + "/package.json").version + ":", ...signed.filter((field) => field.startsWith("list-")));
  }
})();
JS
)
expect <<'SEEN'
dkimpy: list-unsubscribe
nodemailer 10.6.0: list-unsubscribe
nodemailer 10.6.1: list-unsubscribe list-unsubscribe-post
SEEN
