#!/usr/bin/env bash
# Guess:   Python's EmailMessage, the newer of the two mail APIs, writes a List-Unsubscribe that mail clients can read.
# Really:  it knows the header as free text, and writes an address that does not fit into a line of 78 as encoded words, as if it
#          were a sentence in a foreign language. List-Unsubscribe-Post beside it is short and looks right. The older email.mime
#          folds the line and keeps the address.
# Seen:    Python 3.11.7, 3.12.1 and 3.13.0. Django 6.1.3 builds its mails with the newer API and does so too (5.2.19 does not).
# Matters: one-click unsubscribe (RFC 8058) is what Gmail and Yahoo ask of bulk mail, its address holds a long token, and encoded
#          words are for free text and names (RFC 2047, 5). An update of Django takes the button away.
# Source:  email/headerregistry.py has no class for this header, so that UnstructuredHeader is used. max_line_length=998 avoids it.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

echo "Versions: $(python3 --version), nothing else"
seen=$(python3 - <<'PY'
from email.message import EmailMessage
from email.mime.text import MIMEText
from email.policy import SMTP

UNSUBSCRIBE = "<https://example.com/unsubscribe?token=0123456789abcdef0123456789abcdef0123456789abcdef>"


def shown(title, mail):
    mail["List-Unsubscribe"] = UNSUBSCRIBE
    head = mail.as_bytes().decode().replace("\r\n", "\n")
    lines = head[head.index("List-Unsubscribe") :].split("\n")
    folded = [lines[0], *[line for line in lines[1:3] if line.startswith(" ")]]
    print(f"{title}:", *(line.rstrip() for line in folded), sep="\n  ")


shown("EmailMessage", EmailMessage(policy=SMTP))
shown("email.mime", MIMEText("Hi"))
shown("EmailMessage, max_line_length=998", EmailMessage(policy=SMTP.clone(max_line_length=998)))
PY
)
expect <<'SEEN'
EmailMessage:
  List-Unsubscribe: =?utf-8?q?=3Chttps=3A//example=2Ecom/unsubscribe=3Ftoken?=
   =?utf-8?q?=3D0123456789abcdef0123456789abcdef0123456789abcdef=3E?=
email.mime:
  List-Unsubscribe:
   <https://example.com/unsubscribe?token=0123456789abcdef0123456789abcdef0123456789abcdef>
EmailMessage, max_line_length=998:
  List-Unsubscribe: <https://example.com/unsubscribe?token=0123456789abcdef0123456789abcdef0123456789abcdef>
SEEN
