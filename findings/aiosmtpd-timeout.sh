#!/usr/bin/env bash
# Guess:   an SMTP server's timeout runs from the client's last octet.
# Really:  aiosmtpd counts commands alone: while a message is being sent its clock runs on, and a client that sends a line every
#          fifth of a second is cut off in the middle of DATA, without an answer.
# Seen:    aiosmtpd 1.4.6.
# Matters: 300 seconds is the default, so it takes a large attachment on a slow line: the client sees a broken connection, and sends
#          all of it again.
# Source:  aiosmtpd/smtp.py, _reset_timeout, which the loop over commands calls, and that over a message's lines does not.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi aiosmtpd==1.4.6
seen=$(python - 2>/dev/null <<'PY'
import smtplib
import socket
import time

from aiosmtpd.controller import Controller


def free_port():
    """aiosmtpd's controller cannot be given port 0."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Keeps:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"


def send(seconds):
    """What becomes of a mail whose lines come evenly over so many seconds."""
    controller = Controller(Keeps(), hostname="127.0.0.1", port=free_port(), server_kwargs={"timeout": 2})
    controller.start()
    client = smtplib.SMTP("127.0.0.1", controller.port)
    client.ehlo()
    client.mail("shop@example.com")
    client.rcpt("ann@example.net")
    client.docmd("DATA")
    try:
        for _ in range(round(seconds * 5)):
            client.send("a line\r\n")
            time.sleep(0.2)
        client.send(".\r\n")
        return client.getreply()
    except (OSError, smtplib.SMTPException):
        return "cut off"
    finally:
        client.close()
        controller.stop()


for seconds in (1, 4):
    print(f"timeout 2 s, a line every 0.2 s for {seconds} s:", send(seconds))
PY
)
expect <<'SEEN'
timeout 2 s, a line every 0.2 s for 1 s: (250, b'OK')
timeout 2 s, a line every 0.2 s for 4 s: cut off
SEEN
