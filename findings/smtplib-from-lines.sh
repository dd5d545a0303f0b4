#!/usr/bin/env bash
# Guess:   smtplib sends the body of a mail as `as_bytes()` writes it.
# Really:  `send_message` writes `>From` for each line of text that begins with "From ", as a mailbox file needs it and SMTP does not, whatever
#          the policy. Base64 hides such lines, quoted-printable does not. aiosmtplib does so for the older API's messages only.
# Seen:    Python 3.11.7, 3.12.1 and 3.13.0, aiosmtplib 5.1.3.
# Matters: "From Monday on we are closed" reaches the customer with a ">", and so does a row of an attached text. A DKIM signature over
#          `as_bytes()` fails then, and only for such a mail. `sendmail` with the bytes, lines ended by CRLF, sends what one has.
# Source:  github.com/python/cpython/issues/89462, open; email/generator.py, where no policy means `mangle_from_`.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi aiosmtplib==5.1.3 aiosmtpd==1.4.6
seen=$(
  python - <<'PY'
import asyncio
import smtplib
import socket
from email.message import EmailMessage
from email.mime.text import MIMEText
from email.policy import SMTP

import aiosmtplib
from aiosmtpd.controller import Controller


class Keeps:
    async def handle_DATA(self, server, session, envelope):
        self.content = envelope.content
        return "250 OK"


with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
keeps = Keeps()
controller = Controller(keeps, hostname="127.0.0.1", port=port)
controller.start()

BODY = "Dear Ada,\nFrom Monday on we are closed.\n"
plain, smtp, older = EmailMessage(), EmailMessage(policy=SMTP), MIMEText(BODY)
plain.set_content(BODY)
smtp.set_content(BODY + "Grüße", cte="quoted-printable")
smtp.add_attachment(BODY, filename="dates.txt")
for name, mail in (("EmailMessage", plain), ("EmailMessage, SMTP", smtp), ("MIMEText", older)):
    mail["From"], mail["To"] = "shop@example.com", "ada@example.net"
    counts = [mail.as_bytes().count(b">From")]
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.send_message(mail)
    counts.append(keeps.content.count(b">From"))
    asyncio.run(aiosmtplib.send(mail, hostname="127.0.0.1", port=port))
    counts.append(keeps.content.count(b">From"))
    print(f"{name}: >From in as_bytes {counts[0]}, by smtplib {counts[1]}, by aiosmtplib {counts[2]}")
controller.stop()
PY
)
expect <<'SEEN'
EmailMessage: >From in as_bytes 0, by smtplib 1, by aiosmtplib 0
EmailMessage, SMTP: >From in as_bytes 0, by smtplib 2, by aiosmtplib 0
MIMEText: >From in as_bytes 0, by smtplib 1, by aiosmtplib 1
SEEN
