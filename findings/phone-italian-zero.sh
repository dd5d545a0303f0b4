#!/usr/bin/env bash
# Guess:   the phone package of npm writes an Italian or Argentine number as Google's library does.
# Really:  it takes the 0 of Rome's 06 away, which belongs to the number abroad too, and keeps Argentina's 15, which does not; both are isValid. Where
#          a number with its country's code has (0) in it, it finds none.
# Seen:    phone 3.1.72 with `validateMobilePrefix: false` (npm), libphonenumber-js 1.13.16 (npm), phonenumbers 9.0.43 (PyPI).
# Matters: one customer has two numbers in two systems, so contacts are not merged, and one of the numbers cannot be called.
# Source:  libphonenumber's `PhoneNumber.italian_leading_zero`; shown by the run.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi phonenumbers==9.0.43
npm_install phone@3.1.72 libphonenumber-js@1.13.16
cat >"$work/numbers.json" <<'JSON'
[["06 1234 5678", "IT"], ["011 15 2345 6789", "AR"], ["+49 (0) 30 901820", "DE"]]
JSON
seen=$(
  python - "$work/numbers.json" <<'PY'
import json
import sys
from pathlib import Path

import phonenumbers

for number, country in json.loads(Path(sys.argv[1]).read_text()):
    print(f"{number}: phonenumbers", phonenumbers.format_number(phonenumbers.parse(number, country), phonenumbers.PhoneNumberFormat.E164))
PY
  javascript <<JS
const { phone } = require("phone");
const { parsePhoneNumber } = require("libphonenumber-js");

for (const [number, country] of require("$work/numbers.json")) {
  const { isValid, phoneNumber } = phone(number, { country, validateMobilePrefix: false });
  console.log(number + ": libphonenumber-js", parsePhoneNumber(number, country).number + ", phone", phoneNumber, isValid);
}
JS
)
expect <<'SEEN'
06 1234 5678: phonenumbers +390612345678
011 15 2345 6789: phonenumbers +5491123456789
+49 (0) 30 901820: phonenumbers +4930901820
06 1234 5678: libphonenumber-js +390612345678, phone +39612345678 true
011 15 2345 6789: libphonenumber-js +5491123456789, phone +54111523456789 true
+49 (0) 30 901820: libphonenumber-js +4930901820, phone null false
SEEN
