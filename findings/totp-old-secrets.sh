#!/usr/bin/env bash
# Guess:   a newer version of a library for one-time codes reads the secrets that the older one made.
# Really:  pyotp's `random_base32()` and otplib's `generateSecret()` once made 80 bits. Both libraries now raise for such a secret, at the sign-in.
#          The otpauth package still makes its codes, and so does the app of the person who signs in.
# Seen:    pyotp 2.3.0 and 2.12.1, otplib 12.0.1 and 13.5.0, otpauth 9.5.2.
# Matters: an update locks out those who were first to switch on a second factor; new accounts work, and so do the tests. Both have a setting for
#          it: the class attribute `min_secret_length_bits`, and otplib's `createGuardrails`.
# Source:  RFC 4226, section 4, R6 (128 bits); pyotp/otp.py, `byte_secret`; pyauth/pyotp, issue 116; yeojz/otplib, issue 671 and pull request 851.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

venv=older pypi pyotp==2.3.0
pypi pyotp==2.12.1
npm_install older@npm:otplib@12.0.1 otplib@13.5.0 otpauth@9.5.2
seen=$(
  secret=$(venv=older python -c 'import pyotp; print(pyotp.random_base32())')
  echo "pyotp 2.3.0 makes ${#secret} characters"
  python - "$secret" <<'PY'
import sys

import pyotp


class Older(pyotp.TOTP):
    min_secret_length_bits = 80


try:
    print("pyotp 2.12.1:", pyotp.TOTP(sys.argv[1]).now())
except ValueError as error:
    print("pyotp 2.12.1:", error)
print("pyotp 2.12.1 with 80 bits:", len(Older(sys.argv[1]).now()), "digits")
PY
  javascript <<'JS'
const { authenticator } = require("older");
const otplib = require("otplib");
const { TOTP } = require("otpauth");

const secret = authenticator.generateSecret();
console.log("otplib 12.0.1 makes", secret.length, "characters");
try {
  console.log("otplib 13.5.0:", otplib.generateSync({ secret }));
} catch (error) {
  console.log("otplib 13.5.0:", error.message);
}
const epoch = Date.UTC(2026, 10, 30);
const older = authenticator.clone({ epoch }).generate(secret);
console.log("otpauth agrees with otplib 12.0.1:", new TOTP({ secret }).generate({ timestamp: epoch }) === older);
JS
)
expect <<'SEEN'
pyotp 2.3.0 makes 16 characters
pyotp 2.12.1: Secrets must be at least 112 bits after decoding
pyotp 2.12.1 with 80 bits: 6 digits
otplib 12.0.1 makes 16 characters
otplib 13.5.0: Secret must be at least 16 bytes (128 bits), got 10 bytes
otpauth agrees with otplib 12.0.1: true
SEEN
