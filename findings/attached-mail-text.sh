#!/usr/bin/env bash
# Guess:   the text of a bounce is what the server wrote; the mail that came back is an attachment of it.
# Really:  postal-mime and mail-parser put the text of the returned mail behind the server's, and its files in place of it among the attachments.
#          mailparser of npm and Python's `get_body()` keep the two mails apart.
# Seen:    postal-mime 4.0.0 and mailparser 3.14.2 (npm), mail-parser 4.8.0 (PyPI), Python 3.11.7.
# Matters: whoever searches the text for "STOP" or for an order's number finds them in the mail that was sent, and takes a server's report for a
#          customer's wish; the invoice that bounced is filed as one that came in. postal-mime has `forceRfc822Attachments: true`.
# Source:  postal-mime's README, `rfc822Attachments` and `forceRfc822Attachments`; RFC 2046, 5.2.1; RFC 3462, 1; for mail-parser shown by the run.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi mail-parser==4.8.0
npm_install postal-mime@4.0.0 mailparser@3.14.2
seen=$(
  python - "$work/mail.eml" <<'PY'
import sys
from email import policy
from email.message import EmailMessage
from pathlib import Path

import mailparser

sent = EmailMessage(policy=policy.SMTP)
sent["From"], sent["Subject"] = "shop@example.com", "Your order"
sent.set_content("To leave this list, answer STOP.")
sent.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="invoice.pdf")
bounce = EmailMessage(policy=policy.SMTP)
bounce["From"], bounce["Subject"] = "mailer-daemon@example.net", "Undelivered"
bounce.set_content("No such mailbox.")
bounce.add_attachment(sent)
for part in bounce.iter_attachments():
    del part["Content-Disposition"]  # as servers write it
Path(sys.argv[1]).write_bytes(bounce.as_bytes())

print("get_body():            ", [bounce.get_body().get_content().strip()], [part.get_content_type() for part in bounce.iter_attachments()])
read = mailparser.parse_from_bytes(bounce.as_bytes())
print("mail-parser:           ", [text.strip() for text in read.text_plain], [part["filename"] for part in read.attachments])
PY
  javascript <<JS
const mail = require("fs").readFileSync("$work/mail.eml");
const { simpleParser } = require("mailparser");
const show = (name, { text, attachments }) =>
  console.log(name.padEnd(23), text.split("\n").filter((line) => line.endsWith(".")), attachments.map((file) => file.filename || file.mimeType || file.contentType));

(async () => {
  const { default: PostalMime } = await import("postal-mime");
  show("mailparser:", await simpleParser(mail));
  show("postal-mime:", await PostalMime.parse(mail));
  show("forceRfc822Attachments:", await PostalMime.parse(mail, { forceRfc822Attachments: true }));
})();
JS
)
expect <<'SEEN'
get_body():             ['No such mailbox.'] ['message/rfc822']
mail-parser:            ['No such mailbox.', 'To leave this list, answer STOP.'] ['invoice.pdf']
mailparser:             [ 'No such mailbox.' ] [ 'message/rfc822' ]
postal-mime:            [ 'No such mailbox.', 'To leave this list, answer STOP.' ] [ 'invoice.pdf' ]
forceRfc822Attachments: [ 'No such mailbox.' ] [ 'message/rfc822' ]
SEEN
