#!/usr/bin/env bash
# Guess:   a line that is too long is refused with 552 or 554, as mail servers refuse a message that they do not want.
# Really:  aiosmtpd refuses it with 500, "command not recognized", in words of its own, at the end of the message; the limit is 1,001
#          octets with the line's end. The session goes on, and the next message is taken.
# Seen:    aiosmtpd 1.4.6.
# Matters: HTML that was made by a program is often one long line. A stand-in for SES made of aiosmtpd answers otherwise than SES,
#          and clients sort 500 as a fault of the dialogue, not of the mail. The limit and the words are class attributes.
# Source:  aiosmtpd/smtp.py, line_length_limit and smtp_DATA; RFC 5321, 4.2.2 and 4.5.3.1.6.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi aiosmtpd==1.4.6
seen=$(python - 2>/dev/null <<'PY'
import smtplib
import socket

from aiosmtpd.controller import Controller


def free_port():
    """aiosmtpd's controller cannot be given port 0."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Keeps:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"


controller = Controller(Keeps(), hostname="127.0.0.1", port=free_port())
controller.start()
with smtplib.SMTP("127.0.0.1", controller.port) as client:
    for length in (998, 999, 1000, 998):
        client.ehlo_or_helo_if_needed()
        client.mail("shop@example.com")
        client.rcpt("ann@example.net")
        code, words = client.data("Subject: Receipt\r\n\r\n" + "x" * length + "\r\n")
        print(f"a line of {length} and its end: {code} {words.decode()}")
controller.stop()
PY
)
expect <<'SEEN'
a line of 998 and its end: 250 OK
a line of 999 and its end: 250 OK
a line of 1000 and its end: 500 Line too long (see RFC5321 4.5.3.1.6)
a line of 998 and its end: 250 OK
SEEN
