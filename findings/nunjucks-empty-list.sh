#!/usr/bin/env bash
# Guess:   nunjucks, "inspired by jinja2", renders a plain template as Jinja does.
# Really:  an empty list is true for it. Halves are rounded up, where Jinja rounds them to the even number; % of a negative number has the other
#          sign; a loop over an object has no turn; and an index of -1 is nothing.
# Seen:    Jinja 3.1.6 (PyPI), nunjucks 3.2.4 (npm).
# Matters: a receipt that is previewed in a browser and sent from Python says "Your items:" over nothing in the one, and another sum in the other.
#          Write `items|length`, and round before the template.
# Source:  nunjucks' documentation for Jinja's users; JavaScript's and Python's truth of an empty list; shown by the run.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi jinja2==3.1.6
npm_install nunjucks@3.2.4
cat >"$work/templates.json" <<'JSON'
["{% if items %}Your items:{% endif %}", "{{ 12.5|round|int }}", "{{ -7 % 3 }}", "{% for name in order %}{{ name }}{% endfor %}", "{{ pair[-1] }}"]
JSON
seen=$(
  python - "$work/templates.json" <<'PY'
import json
import sys
from pathlib import Path

from jinja2 import Environment

for text in json.loads(Path(sys.argv[1]).read_text()):
    print("Jinja:", text, f"-> [{Environment().from_string(text).render(items=[], order={'id': 7}, pair=[1, 2])}]")
PY
  javascript <<JS
const { renderString } = require("nunjucks");
for (const text of require("$work/templates.json")) {
  console.log("nunjucks:", text, "-> [" + renderString(text, { items: [], order: { id: 7 }, pair: [1, 2] }) + "]");
}
JS
)
expect <<'SEEN'
Jinja: {% if items %}Your items:{% endif %} -> []
Jinja: {{ 12.5|round|int }} -> [12]
Jinja: {{ -7 % 3 }} -> [2]
Jinja: {% for name in order %}{{ name }}{% endfor %} -> [id]
Jinja: {{ pair[-1] }} -> [2]
nunjucks: {% if items %}Your items:{% endif %} -> [Your items:]
nunjucks: {{ 12.5|round|int }} -> [13]
nunjucks: {{ -7 % 3 }} -> [-1]
nunjucks: {% for name in order %}{{ name }}{% endfor %} -> []
nunjucks: {{ pair[-1] }} -> []
SEEN
