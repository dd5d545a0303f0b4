#!/usr/bin/env bash
# Guess:   a list of throw-away addresses names the services whose mailboxes are gone after ten minutes.
# Really:  mailchecker also calls an address invalid that is a relay to a person's own mailbox and stays: those of DuckDuckGo, Firefox Relay,
#          SimpleLogin, Proton Pass and addy.io. It lets the one of Apple pass. The two lists called disposable-email-domains name none of these,
#          but for one domain of addy.io in npm's.
# Seen:    mailchecker 6.0.21 and disposable-email-domains 1.0.62 (npm), disposable-email-domains 0.0.293 (PyPI).
# Matters: `isValid` says "invalid" for the address by which a customer gets the receipts, and an import or a form drops it. The two lists of one name
#          are two projects, so Python and Node may refuse different people. Ask for the form of an address, and let bounces tell the rest.
# Source:  platform/javascript of mailchecker; the documentation of each relay, which forwards until its owner switches the address off.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi disposable-email-domains==0.0.293
npm_install mailchecker@6.0.21 disposable-email-domains@1.0.62
relays="duck.com mozmail.com simplelogin.com passmail.net anonaddy.me privaterelay.appleid.com example.com"
seen=$(
  javascript <<JS
const mailchecker = require("mailchecker");
const domains = new Set(require("disposable-email-domains"));
const wildcards = new Set(require("disposable-email-domains/wildcard.json"));
for (const domain of "$relays".split(" ")) {
  const listed = domains.has(domain) || wildcards.has(domain);
  console.log(domain + ": mailchecker", mailchecker.isValid("ada@" + domain) ? "valid," : "invalid,", "npm's list", listed ? "disposable" : "not listed");
}
JS
  python - "$relays" <<'PY'
import sys

from disposable_email_domains import blocklist

print("PyPI's list:", [domain for domain in sys.argv[1].split() if domain in blocklist])
PY
)
expect <<'SEEN'
duck.com: mailchecker invalid, npm's list not listed
mozmail.com: mailchecker invalid, npm's list not listed
simplelogin.com: mailchecker invalid, npm's list not listed
passmail.net: mailchecker invalid, npm's list not listed
anonaddy.me: mailchecker invalid, npm's list disposable
privaterelay.appleid.com: mailchecker valid, npm's list not listed
example.com: mailchecker valid, npm's list not listed
PyPI's list: []
SEEN
