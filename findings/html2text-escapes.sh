#!/usr/bin/env bash
# Guess:   html2text, whose name says so, returns the text of a page.
# Really:  it returns Markdown: a day of a month and a plus sign at the start of a paragraph get a backslash, and two bold parts of a code are
#          joined by four asterisks. `escape_snob`, which is off by default, does not end the backslashes; `ignore_emphasis` ends the asterisks.
# Seen:    html2text 2025.4.15.
# Matters: the text part of a receipt says "31\. December", and a person who copies the code of a reset copies asterisks.
# Source:  html2text/utils.py, `escape_md_section`; the rest is shown by the run.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi html2text==2025.4.15
seen=$(
  python - <<'PY'
import html2text

pages = ["<p>31. December: your invoice</p>", "<p>+ 10.00 for delivery</p>", "<p>Your code: <b>482</b><b>913</b></p>"]
for emphasis in (True, False):
    writer = html2text.HTML2Text()
    writer.ignore_emphasis = not emphasis
    print("with emphasis" if emphasis else "without emphasis")
    for page in pages:
        print(writer.handle(page).strip())
PY
)
expect <<'SEEN'
with emphasis
31\. December: your invoice
\+ 10.00 for delivery
Your code: **482****913**
without emphasis
31\. December: your invoice
\+ 10.00 for delivery
Your code: 482913
SEEN
