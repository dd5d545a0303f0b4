#!/usr/bin/env bash
# Guess:   a traceback in a function's log has its lines, and is indented by spaces.
# Really:  on standard output awslambdaric joins the lines by carriage returns and indents them by no-break spaces: to a reader of
#          lines an exception is one line, and "  File" is not to be found in it.
# Seen:    awslambdaric 4.2.2, with logs as text (the default) and without Lambda's own channel for them.
# Matters: whoever runs functions in its processes, for a local Lambda or a container, has to turn both back.
# Source:  awslambdaric/bootstrap.py, ERROR_LOG_LINE_TERMINATE and ERROR_LOG_IDENT.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi awslambdaric==4.2.2
seen=$(python - <<'PY'
import contextlib
import io
import traceback

from awslambdaric import bootstrap

try:
    raise ValueError("no such email")
except ValueError as error:
    frames = traceback.format_tb(error.__traceback__)
written = io.StringIO()
with contextlib.redirect_stdout(written), bootstrap.create_log_sink() as sink:
    bootstrap.log_error(bootstrap.make_error("no such email", "ValueError", frames), sink)
text = written.getvalue()
print("line feeds:", text.count("\n"), "- carriage returns:", text.count("\r"))
print(ascii(text.split("\r")[2][:8]))
PY
)
expect <<'SEEN'
line feeds: 1 - carriage returns: 2
'\xa0\xa0File "'
SEEN
