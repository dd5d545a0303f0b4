#!/usr/bin/env bash
# Guess:   inlining the styles of a template leaves its expressions alone, as it leaves the text alone.
# Really:  premailer writes the page with lxml, which escapes the spaces in links: {{ link }} becomes {{%20link%20}} in href and src, and stays
#          in text, style and other attributes. Without the spaces it stays everywhere.
# Seen:    premailer 3.10.0, lxml 6.0.2.
# Matters: a template that was inlined before it is rendered sends links that no engine replaces, in a mail that looks right.
# Source:  HTML 4.01, appendix B.2.1, which libxml2's writer of HTML follows; the rest is shown by the run.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi premailer==3.10.0 lxml==6.0.2
seen=$(
  python - <<'PY'
import premailer

page = "<style>a { color: red }</style>"
for link in ("{{ link }}", "{{link}}"):
    body = f'<a href="{link}" title="{link}">{link}</a><img src="{link}" alt="{link}">'
    print(premailer.transform(page + body).split("<body>")[1].split("</body>")[0])
PY
)
expect <<'SEEN'
<a href="{{%20link%20}}" title="{{ link }}" style="color:red">{{ link }}</a><img src="{{%20link%20}}" alt="{{ link }}">
<a href="{{link}}" title="{{link}}" style="color:red">{{link}}</a><img src="{{link}}" alt="{{link}}">
SEEN
