#!/usr/bin/env bash
# Guess:   a Jinja condition in a style attribute is treated alike in all elements.
# Really:  css-inline lets it pass where no rule of the sheet applies to the element, and refuses the whole mail, without a place,
#          where one does. juice of npm inlines, and drops the condition together with the declaration behind it.
# Seen:    css-inline 0.24.0, juice 11.1.1.
# Matters: `style="{% if paid %}color:green{% endif %}"` works until somebody adds `p { margin: 0 }`. Or nothing fails, and the
#          condition is gone.
# Source:  shown by the run.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi css-inline==0.24.0
npm_install juice@11.1.1
seen=$(
  python - <<'PY'
import css_inline

PARAGRAPH = '<p style="padding:4px; {% if paid %}color:green;{% endif %}">Hi</p>'
for sheet in ("td{margin:0}", "p{margin:0}"):
    try:
        html = css_inline.inline_fragment(PARAGRAPH, sheet)
    except css_inline.InlineError as error:
        html = f"InlineError: {error}"
    print(f"css-inline, {sheet}: {html}")
PY
  javascript <<'JS'
const paragraph = '<p style="padding:4px; {% if paid %}color:green;{% endif %}">Hi</p>';
for (const sheet of ["td{margin:0}", "p{margin:0}"]) {
  console.log(`juice, ${sheet}: ${require("juice").inlineContent(paragraph, sheet)}`);
}
JS
)
expect <<'SEEN'
css-inline, td{margin:0}: <p style="padding:4px; {% if paid %}color:green;{% endif %}">Hi</p>
css-inline, p{margin:0}: InlineError: Invalid qualified rule
juice, td{margin:0}: <p style="padding:4px; {% if paid %}color:green;{% endif %}">Hi</p>
juice, p{margin:0}: <p style="margin: 0; padding: 4px;">Hi</p>
SEEN
