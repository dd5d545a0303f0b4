#!/usr/bin/env bash
# Guess:   libraries of the Public Suffix List agree on the domain that an organization registered, which DMARC aligns with.
# Really:  publicsuffix2 brings a list of 2019, and reads no newer one unless it is told to. tldextract leaves out the list's private part by default.
#          For a shop at a host that lets domains to others, they name different owners.
# Seen:    publicsuffix2 2.20191221, publicsuffixlist 1.1.2.20261023, tldextract 5.4.0 with the list in its package.
# Matters: a check of DMARC looks for the record at the provider's domain, and calls a mail aligned that every customer of it could send.
# Source:  RFC 7489, section 3.2 (organizational domain); publicsuffix.org, "private domains"; the README of each.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi publicsuffix2==2.20191221 publicsuffixlist==1.1.2.20261023 tldextract==5.4.0
seen=$(
  python - <<'PY'
from publicsuffix2 import get_sld
from publicsuffixlist import PublicSuffixList
from tldextract import TLDExtract

of_list = PublicSuffixList().privatesuffix
extract = TLDExtract(suffix_list_urls=())
for domain in ("mail.acme.co.uk", "mail.acme.github.io", "mail.acme.vercel.app"):
    owners = get_sld(domain), of_list(domain), extract(domain).top_domain_under_public_suffix
    print(f"{domain}: publicsuffix2 {owners[0]}, publicsuffixlist {owners[1]}, tldextract {owners[2]}")
PY
)
expect <<'SEEN'
mail.acme.co.uk: publicsuffix2 acme.co.uk, publicsuffixlist acme.co.uk, tldextract acme.co.uk
mail.acme.github.io: publicsuffix2 acme.github.io, publicsuffixlist acme.github.io, tldextract github.io
mail.acme.vercel.app: publicsuffix2 vercel.app, publicsuffixlist acme.vercel.app, tldextract vercel.app
SEEN
