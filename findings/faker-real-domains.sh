#!/usr/bin/env bash
# Guess:   Faker's addresses belong to nobody: `email()` is at example.com, example.net or example.org.
# Really:  so does `email()` of Python's Faker. JavaScript's, of the same name, is at gmail.com, hotmail.com or yahoo.com,
#          and Python's own `ascii_email()` and `company_email()` are at such providers and at domains that anyone may own.
# Seen:    Faker 40.63.0, @faker-js/faker 10.6.0.
# Matters: a staging system that mails its test people reaches strangers, and its bounces count against the sender's reputation.
#          In JavaScript that takes `internet.exampleEmail()`.
# Source:  faker/providers/internet/__init__.py, `email(safe=True)` and `ascii_email`; faker-js, locales/en/internet/free_email.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi faker==40.63.0
npm_install @faker-js/faker@10.6.0
seen=$(
  python - <<'PY'
from faker import Faker

faker = Faker("en_US")
Faker.seed(1)
for name in ("email", "ascii_email", "company_email"):
    domains = {getattr(faker, name)().rpartition("@")[2] for _ in range(200)}
    reserved = sum(domain in {"example.com", "example.net", "example.org"} for domain in domains)
    print(f"Python, {name}:", "reserved domains only" if reserved == len(domains) else f"{reserved} reserved domains")
PY
  javascript <<'JS'
const { faker } = require("@faker-js/faker");
faker.seed(1);
const domains = (make) => [...new Set(Array.from({ length: 200 }, () => make().split("@")[1]))].sort().join(" ");
console.log("JavaScript, email:", domains(() => faker.internet.email()));
console.log("JavaScript, exampleEmail:", domains(() => faker.internet.exampleEmail()));
JS
)
expect <<'SEEN'
Python, email: reserved domains only
Python, ascii_email: 0 reserved domains
Python, company_email: 0 reserved domains
JavaScript, email: gmail.com hotmail.com yahoo.com
JavaScript, exampleEmail: example.com example.net example.org
SEEN
