#!/usr/bin/env bash
# Guess:   `send_mail` raises when the server refuses a recipient, or tells so by what it returns.
# Really:  it returns 1, as if all were well, while one of two recipients was refused with 550: smtplib raises only when all are. And `send_mass_mail`
#          ends at the first mail that has no recipient left: the mails before it are sent, those behind it are not, and no count is returned.
# Seen:    Django 5.2.19 with aiosmtpd 1.4.6.
# Matters: a colleague in copy never gets the mail, and nothing says so: no log, no error, and no bounce, since the server took none for it. A job that
#          is run again after the error of `send_mass_mail` sends the first mails twice. One mail for each recipient, each in its own call, has neither.
# Source:  django/core/mail/backends/smtp.py, `_send`, which does not read what `sendmail` returns; Python's documentation of `SMTP.sendmail`.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi Django==5.2.19 aiosmtpd==1.4.6
seen=$(python <<'PY'
import socket

from aiosmtpd.controller import Controller
from django.conf import settings
from django.core.mail import send_mail, send_mass_mail


class Server:
    received: list[list[str]] = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address == "gone@example.com":
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.received.append(envelope.rcpt_tos)
        return "250 OK"


with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
controller = Controller(Server(), hostname="127.0.0.1", port=port)
controller.start()
settings.configure(EMAIL_HOST="127.0.0.1", EMAIL_PORT=port)

print("send_mail returns", send_mail("s", "t", "shop@example.com", ["ada@example.com", "gone@example.com"]))
print("  received for:", Server.received)
Server.received.clear()
mails = [("s", "t", "shop@example.com", [f"{name}@example.com"]) for name in ("ada", "gone", "bob")]
for again in ("", ", run again"):
    try:
        print(send_mass_mail(mails))
    except Exception as error:
        print(f"send_mass_mail{again} raises", type(error).__name__)
    print("  received for:", Server.received)
controller.stop()
PY
)
expect <<'SEEN'
send_mail returns 1
  received for: [['ada@example.com']]
send_mass_mail raises SMTPRecipientsRefused
  received for: [['ada@example.com']]
send_mass_mail, run again raises SMTPRecipientsRefused
  received for: [['ada@example.com'], ['ada@example.com']]
SEEN
