#!/usr/bin/env bash
# Guess:   Python's newer mail API reads the display name that it wrote itself.
# Really:  a name that takes two encoded words comes back with a space between them, in the middle of a word. The space is part of the
#          encoding (RFC 2047, 6.2). A Subject, and the older API with email.header, have no such space.
# Seen:    Python 3.11.7, 3.12.1 and 3.13.0.
# Matters: a test that reads its mails with policy.default reports a wrong name where the mail is right, and a program that answers or
#          forwards writes the wrong name into a new mail. A name of some 60 letters with one outside ASCII is enough.
# Source:  github.com/python/cpython/issues/128110. Its correction was merged in 2026: later versions were not tried.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

echo "Versions: $(python3 --version), nothing else"
seen=$(python3 - <<'PY'
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage

NAME = "Fédération Internationale des Écoles Supérieures d'Électricité"

mail = EmailMessage(policy=policy.SMTP)
mail["To"] = Address(NAME, "federation", "example.com")
mail["Subject"] = NAME
sent = mail.as_bytes()
read = message_from_bytes(sent, policy=policy.default)
older = make_header(decode_header(message_from_bytes(sent)["To"]))
print("written:          ", NAME)
print("To, newer API:    ", read["To"].addresses[0].display_name)
print("Subject, newer:   ", read["Subject"])
print("To, email.header: ", str(older).removesuffix(" <federation@example.com>"))
PY
)
expect <<'SEEN'
written:           Fédération Internationale des Écoles Supérieures d'Électricité
To, newer API:     Fédération Internationale des Écoles Supér ieures d'Électricité
Subject, newer:    Fédération Internationale des Écoles Supérieures d'Électricité
To, email.header:  Fédération Internationale des Écoles Supérieures d'Électricité
SEEN
