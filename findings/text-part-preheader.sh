#!/usr/bin/env bash
# Guess:   a text part that is made from the HTML has what a reader of the HTML sees.
# Really:  html2text and html-to-text write the text of a hidden element too, such as the preview line before the mail; inscriptis leaves it out.
# Seen:    html2text 2025.4.15, inscriptis 2.7.6 (PyPI), html-to-text 10.0.1 (npm).
# Matters: what the list of mails previews is hidden in the mail itself. The text part begins with it, so it is there twice where it repeats the first
#          sentence.
# Source:  shown by the run; inscriptis' documentation names the CSS that it reads.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi html2text==2025.4.15 inscriptis==2.7.6
npm_install html-to-text@10.0.1
html='<div style="display:none">Your order is on its way.</div><p>Hello Ada</p>'
seen=$(
  python - "$html" <<'PY'
import sys

from html2text import html2text
from inscriptis import get_text

print("html2text:", html2text(sys.argv[1]).split("\n"))
print("inscriptis:", get_text(sys.argv[1]).split("\n"))
PY
  javascript <<JS
console.log("html-to-text:", JSON.stringify(require("html-to-text").convert('$html').split("\n")));
JS
)
expect <<'SEEN'
html2text: ['Your order is on its way.', '', 'Hello Ada', '', '']
inscriptis: ['Hello Ada', '']
html-to-text: ["Your order is on its way.","","Hello Ada"]
SEEN
