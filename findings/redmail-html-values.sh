#!/usr/bin/env bash
# Guess:   Red Mail fills an HTML body with values and pandas tables, so it escapes them, as pandas' own to_html() does.
# Really:  both are put into the page as they are, the cells of `body_tables` too: Jinja2 escapes only where it is told to.
# Seen:    redmail 0.6.0, pandas 2.3.3.
# Matters: a customer's name is input. Unescaped, it writes a part of a mail that comes from your domain, and "R&D" is not valid HTML.
# Source:  redmail/email/sender.py, `jinja2.Environment(loader=...)`; Jinja2, "Autoescaping": off by default; pandas, `DataFrame.to_html(escape=True)`.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi redmail==0.6.0 jinja2==3.1.6 pandas==2.3.3 css-inline==0.14.6
seen=$(
  python - <<'PY'
import pandas
from redmail import EmailSender

name = "R&D <i>Ada</i>"
people = pandas.DataFrame({"name": [name]})
message = EmailSender(host="127.0.0.1", port=1).get_message(
    subject="Welcome",
    sender="shop@example.com",
    receivers=["ada@example.net"],
    html="<p>{{ name }}</p>{{ people }}",
    body_params={"name": name},
    body_tables={"people": people},
)
page = next(part for part in message.walk() if part.get_content_type() == "text/html").get_content()
print("a value of Red Mail:", "as it is" if f"<p>{name}</p>" in page else "escaped")
print("a cell of Red Mail:", "as it is" if f">{name}</td>" in page else "escaped")
print("a cell of pandas:", "as it is" if name in people.to_html() else "escaped")
PY
)
expect <<'SEEN'
a value of Red Mail: as it is
a cell of Red Mail: as it is
a cell of pandas: escaped
SEEN
