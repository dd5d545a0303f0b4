#!/usr/bin/env bash
# Guess:   a sanitizer that allows img with src keeps the pictures of a mail.
# Really:  nh3, bleach and sanitize-html keep the element and drop the address of each picture that came with the mail: cid: is not among their
#          schemes. bleach also takes tel: out of links, which the two others keep.
# Seen:    nh3 0.3.8, bleach 6.4.0 (PyPI), sanitize-html 2.17.5 (npm).
# Matters: a mail that is shown on a page, such as an answer to a ticket, has empty places for its pictures, and no error tells of it. Each has an
#          option for the schemes.
# Source:  RFC 2392; nh3's documentation of `url_schemes`, bleach's of `protocols`, sanitize-html's of `allowedSchemes`.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi nh3==0.3.8 bleach==6.4.0
npm_install sanitize-html@2.17.5
html='<img src="cid:logo@example.com" alt="Logo"><a href="tel:+390000000000">Call</a>'
seen=$(
  python - "$html" <<'PY'
import sys

import bleach
import nh3

html, attributes = sys.argv[1], {"img": ["alt", "src"], "a": ["href"]}
schemes = {"https", "tel", "cid"}
print("nh3:", nh3.clean(html, link_rel=None))
print("nh3 with schemes:", nh3.clean(html, link_rel=None, url_schemes=schemes))
allowed = {"tags": set(attributes), "attributes": attributes}
print("bleach:", bleach.clean(html, **allowed))
PY
  javascript <<JS
console.log("sanitize-html:", require("sanitize-html")('$html', { allowedTags: ["img", "a"] }));
JS
)
expect <<'SEEN'
nh3: <img alt="Logo"><a href="tel:+390000000000">Call</a>
nh3 with schemes: <img src="cid:logo@example.com" alt="Logo"><a href="tel:+390000000000">Call</a>
bleach: <img alt="Logo"><a>Call</a>
sanitize-html: <img alt="Logo" /><a href="tel:+390000000000">Call</a>
SEEN
