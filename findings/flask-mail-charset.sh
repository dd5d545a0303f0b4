#!/usr/bin/env bash
# Guess:   importing Flask-Mail changes nothing for mail that other code of the process builds.
# Really:  the import changes the email package's own table of charsets. From then on each UTF-8 MIMEText of the process is 8bit instead of
#          base64, whoever builds it. Nothing folds an 8bit body, so a long line stays as long as it is: here 1,202 octets instead of 76.
# Seen:    Flask-Mail 0.10.0.
# Matters: SMTP allows 998 octets in a line, and a relay may reject or fold a longer one. A minified HTML part is one line. The same code
#          builds two different mails, by whether a module was imported anywhere.
# Source:  flask_mail/__init__.py, `charset.add_charset("utf-8", ...)` at import; RFC 5321, 4.5.3.1.6; email.message.EmailMessage, which
#          chooses by the length of lines, is not affected.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi flask-mail==0.10.0 flask==3.1.3
seen=$(
  python - <<'PY'
from email.message import EmailMessage
from email.mime.text import MIMEText


def described(message):
    encoding = message["Content-Transfer-Encoding"]
    longest = max(len(line) for line in message.as_bytes().splitlines())
    return f"{encoding}, the longest line has {longest} octets"


def both():
    page = f"<p>Grüße{' und Dank' * 132}</p>"
    modern = EmailMessage()
    modern.set_content(page, subtype="html")
    return f"MIMEText {described(MIMEText(page, 'html', 'utf-8'))}; EmailMessage {described(modern)}"


print("before:", both())
import flask_mail  # noqa: E402, F401

print("after: ", both())
PY
)
expect <<'SEEN'
before: MIMEText base64, the longest line has 76 octets; EmailMessage quoted-printable, the longest line has 78 octets
after:  MIMEText 8bit, the longest line has 1202 octets; EmailMessage quoted-printable, the longest line has 78 octets
SEEN
