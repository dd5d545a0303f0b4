#!/usr/bin/env bash
# Guess:   CSS can be inlined in a Jinja template, since its pieces are only text in the HTML.
# Really:  css-inline parses as a browser does, and there text may not stand between a table and its rows: `{% for %}` and
#          `{% endfor %}` are moved in front of the table, and what is left in it is one row. juice of npm leaves them in place.
# Seen:    css-inline 0.24.0, juice 11.1.1.
# Matters: every receipt is such a table. The template still compiles; its loop is empty, and the row's names are undefined.
#          Put something else in the place of the pieces while CSS is inlined.
# Source:  HTML's parsing rules, "foster parenting"; shown by the run.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi css-inline==0.24.0
npm_install juice@11.1.1
cat >"$work/mail.html" <<'HTML'
<style>td{color:red}</style><table>{% for item in items %}<tr><td>{{ item }}</td></tr>{% endfor %}</table>
HTML
seen=$(
  python - "$work/mail.html" <<'PY'
import sys

import css_inline

print("css-inline:", css_inline.inline(open(sys.argv[1]).read().strip()))
PY
  javascript <<'JS'
console.log("juice:", require("juice")(require("fs").readFileSync(`${__dirname}/mail.html`, "utf8").trim()));
JS
)
expect <<'SEEN'
css-inline: <html><head></head><body>{% for item in items %}{% endfor %}<table><tbody><tr><td style="color: red;">{{ item }}</td></tr></tbody></table></body></html>
juice: <table>{% for item in items %}<tr><td style="color: red;">{{ item }}</td></tr>{% endfor %}</table>
SEEN
