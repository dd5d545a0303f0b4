#!/usr/bin/env bash
# Guess:   two libraries that write an internationalised domain in ASCII write the same.
# Really:  Python's own codec follows the rules of 2003, by which ß is ss; nodemailer and the idna package follow those of 2008, by
#          which it is a letter of its own. Django uses the codec.
# Seen:    Python 3.11.7, Django 5.2.19, idna 3.20 (PyPI), nodemailer 10.6.1 (npm).
# Matters: these are two domains, which may have two owners. The registry of .de has taken ß since 2010, so a receipt for the one may
#          go to the other. The same holds for the final sigma of Greek.
# Source:  RFC 5894, 7.2; Python's documentation of the idna codec; django/core/mail and django/utils/encoding, punycode.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi django==5.2.19 idna==3.20
npm_install nodemailer@10.6.1
seen=$(
  python - <<'PY'
import idna
from django.conf import settings
from django.core.mail import EmailMessage

settings.configure()
print("idna:      ", idna.encode("straße.example").decode())
mail = EmailMessage("Receipt", "Thank you", "shop@example.com", ["zoe@straße.example"])
print("Django:    ", mail.message()["To"])
PY
  javascript <<'JS'
const transport = require("nodemailer").createTransport({ streamTransport: true, buffer: true });
transport
  .sendMail({ from: "shop@example.com", to: "zoe@straße.example", subject: "Receipt", text: "Thank you" })
  .then(({ envelope }) => console.log("nodemailer:", envelope.to[0]));
JS
)
expect <<'SEEN'
idna:       xn--strae-oqa.example
Django:     zoe@strasse.example
nodemailer: zoe@xn--strae-oqa.example
SEEN
