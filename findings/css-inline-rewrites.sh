#!/usr/bin/env bash
# Guess:   css-inline changes style attributes, and nothing else.
# Really:  every doctype becomes <!DOCTYPE html>; a linked sheet (a web font) is dropped without a word; and <![if !mso]>, the
#          form for Outlook without its comment marks, becomes an ordinary comment.
# Seen:    css-inline 0.24.0.
# Matters: mails with an XHTML doctype are drawn in another mode (gaps under images in table cells), and Outlook has no
#          condition left to read (what it then shows was not seen: none was at hand). keep_link_tags=True keeps the link; write <!--[if !mso]><!--> for the condition.
# Source:  HTML's parsing rules; css-inline's README, keep_link_tags.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi css-inline==0.24.0
seen=$(python - <<'PY'
import css_inline

DOCTYPE = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">'
)
LINK = '<link rel="stylesheet" href="https://example.com/font.css">'
BODY = "<!--[if mso]>Outlook<![endif]--><![if !mso]>others<![endif]>"
inliner = css_inline.CSSInliner(load_remote_stylesheets=False)
html = inliner.inline(f"{DOCTYPE}<html><head>{LINK}</head><body>{BODY}</body></html>")
print(html.replace("<html>", "\n<html>").replace("<body>", "\n<body>"))
PY
)
expect <<'SEEN'
<!DOCTYPE html>
<html><head></head>
<body><!--[if mso]>Outlook<![endif]--><!--[if !mso]-->others<!--[endif]--></body></html>
SEEN
