#!/usr/bin/env bash
# Guess:   Pydantic's `EmailStr` takes an address and refuses all else, and the string that it returns is the one that was given.
# Really:  it takes a display name with an address too, and returns the address without the name. Spaces around it go as well.
# Seen:    pydantic 2.14.4, email-validator 2.4.0.
# Matters: an API with a field `to: EmailStr` accepts "Ada Lovelace <ada@example.net>" and greets nobody, where a sender expects an error or the name.
#          `NameEmail` keeps both. Comparing what was sent with what was stored finds a difference.
# Source:  pydantic/networks.py, `validate_email`: "Email address validation", with `pretty_email_regex`.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'pydantic[email]==2.14.4' email-validator==2.4.0
seen=$(
  python - <<'PY'
from email_validator import EmailNotValidError, validate_email
from pydantic import EmailStr, TypeAdapter

field = TypeAdapter(EmailStr)
for text in ("Ada Lovelace <ada@Example.net>", " ada@example.net "):
    try:
        library = validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        library = None
    print(f"{text!r}: EmailStr {field.validate_python(text)!r}, email-validator {library!r}")
PY
)
expect <<'SEEN'
'Ada Lovelace <ada@Example.net>': EmailStr 'ada@example.net', email-validator None
' ada@example.net ': EmailStr 'ada@example.net', email-validator None
SEEN
