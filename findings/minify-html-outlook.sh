#!/usr/bin/env bash
# Guess:   a minifier keeps the conditions for Outlook (`<!--[if mso]>`) when it removes comments, since they are markup to Outlook.
# Really:  minify-html removes them by default, with the tables in them. What was hidden from Outlook is then shown to it.
#          html-minifier-terser keeps them with `removeComments`, and drops plain comments only.
# Seen:    minify-html 0.18.1, html-minifier-terser 7.2.0.
# Matters: a mail that is minified to stay below Gmail's 102 KB loses its layout in Outlook. `keep_comments=True` keeps every comment.
# Source:  minify-html's README, "Comments are removed"; html-minifier-terser's README, `removeComments` and `processConditionalComments`.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi minify-html==0.18.1
npm_install html-minifier-terser@7.2.0
cat >"$work/mail.html" <<'HTML'
<!doctype html><html><body><!-- a note --><!--[if mso]><table width="600"><tr><td><![endif]--><p>Hello</p><!--[if mso]></td></tr></table><![endif]-->
<!--[if !mso]><!--><p>not for Outlook</p><!--<![endif]--></body></html>
HTML
seen=$(
  python - "$work/mail.html" <<'PY'
import sys
from pathlib import Path

import minify_html

print("minify-html:", minify_html.minify(Path(sys.argv[1]).read_text()))
PY
  javascript <<JS
const { minify } = require("html-minifier-terser");
const mail = require("fs").readFileSync("$work/mail.html", "utf8");
minify(mail, { removeComments: true, collapseWhitespace: true }).then((html) => console.log("html-minifier-terser:", html));
JS
)
expect <<'SEEN'
minify-html: <!doctype html><body><p>Hello<p>not for Outlook
html-minifier-terser: <!doctype html><html><body><!--[if mso]><table width="600"><tr><td><![endif]--><p>Hello</p><!--[if mso]></td></tr></table><![endif]--><!--[if !mso]><!--><p>not for Outlook</p><!--<![endif]--></body></html>
SEEN
