#!/usr/bin/env bash
# Guess:   `normalizeEmail` writes the same mailbox in another way.
# Really:  it may write another address. Of one at Yahoo it drops all from the hyphen on; but Yahoo's addresses with a hyphen are aliases whose first half
#          is a name of its own, not the account's. And it writes the local part at every other domain in small letters, which only that domain
#          may decide.
# Seen:    validator 13.15.35 (npm), which express-validator's `normalizeEmail()` calls.
# Matters: it stands in sign-up forms, where its result is stored: the confirmation, and each mail after it, goes to an address that the person
#          never wrote. Keep what was written for sending, and use the other as a key alone.
# Source:  validator's README, `yahoo_remove_subaddress` and `all_lowercase`, both true by default; Yahoo's help on disposable addresses (a base
#          name, a hyphen, a keyword); RFC 5321, 2.4, on the local part.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

npm_install validator@13.15.35
seen=$(
  javascript <<'JS'
const validator = require("validator");

for (const address of ["books-orders@yahoo.com", "books-orders@rocketmail.com", "Ada@example.com", "books-orders@example.com"]) {
  console.log(address, "=>", validator.normalizeEmail(address));
}
const options = { all_lowercase: false, yahoo_remove_subaddress: false };
console.log("switched off:", ...["books-orders@yahoo.com", "Ada@example.com"].map((address) => validator.normalizeEmail(address, options)));
JS
)
expect <<'SEEN'
books-orders@yahoo.com => books@yahoo.com
books-orders@rocketmail.com => books@rocketmail.com
Ada@example.com => ada@example.com
books-orders@example.com => books-orders@example.com
switched off: books-orders@yahoo.com Ada@example.com
SEEN
