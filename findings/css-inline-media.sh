#!/usr/bin/env bash
# Guess:   a style sheet for print stays a style sheet for print when CSS is inlined.
# Really:  css-inline writes <style media="print"> into everybody's style attributes, as it does any media that a style element
#          names; an @media rule within a sheet is not inlined. data-css-inline="ignore" on the element keeps it out.
# Seen:    css-inline 0.24.0. (juice 11.1.1 of npm does the same; seen apart from this script.)
# Matters: what is hidden in print, or on small screens, or in dark mode, is hidden for all: here the code that the mail is about.
# Source:  css-inline's README names the attribute, not this; premailer leaves such sheets alone (peterbe/premailer, issue 34).
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi css-inline==0.24.0
seen=$(python - <<'PY'
import css_inline

RULE = "p{display:none}"
for style in (
    f'<style media="print">{RULE}</style>',
    f"<style>@media print{{{RULE}}}</style>",
    f'<style media="print" data-css-inline="ignore">{RULE}</style>',
):
    html = css_inline.inline(f"<html><head>{style}</head><body><p>Your code is 4711</p></body></html>")
    print(style, "->", html[html.index("<p") : html.index("</body>")])
PY
)
expect <<'SEEN'
<style media="print">p{display:none}</style> -> <p style="display: none;">Your code is 4711</p>
<style>@media print{p{display:none}}</style> -> <p>Your code is 4711</p>
<style media="print" data-css-inline="ignore">p{display:none}</style> -> <p>Your code is 4711</p>
SEEN
