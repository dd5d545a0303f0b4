#!/usr/bin/env bash
# Guess:   luxon's `fromRFC2822` reads each date that RFC 2822 allows.
# Really:  it reads GMT and EST, and refuses UT, which the RFC names beside them. Its reason is "mismatched weekday", while the weekday is right. Python
#          and JavaScript's Date read all three.
# Seen:    luxon 3.7.2, Python 3.11.7, Node 20.20.2.
# Matters: a bounce or an answer with such a date has none, and who looks for the reason looks at the weekday.
# Source:  RFC 2822, 4.3, obs-zone; shown by the run.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

npm_install luxon@3.7.2
seen=$(
  javascript <<'JS'
const { DateTime } = require("luxon");
for (const zone of ["GMT", "EST", "UT"]) {
  const text = "Tue, 1 Dec 2026 10:00:00 " + zone;
  const read = DateTime.fromRFC2822(text);
  console.log(zone + ": luxon", read.toUTC().toISO() ?? read.invalidReason, "| Date", new Date(text).toISOString());
}
JS
  python3 - <<'PY'
from datetime import UTC
from email.utils import parsedate_to_datetime

for zone in ("GMT", "EST", "UT"):
    print(f"{zone}: Python", parsedate_to_datetime(f"Tue, 1 Dec 2026 10:00:00 {zone}").astimezone(UTC).isoformat())
PY
)
expect <<'SEEN'
GMT: luxon 2026-12-01T10:00:00.000Z | Date 2026-12-01T10:00:00.000Z
EST: luxon 2026-12-01T15:00:00.000Z | Date 2026-12-01T15:00:00.000Z
UT: luxon mismatched weekday | Date 2026-12-01T10:00:00.000Z
GMT: Python 2026-12-01T10:00:00+00:00
EST: Python 2026-12-01T15:00:00+00:00
UT: Python 2026-12-01T10:00:00+00:00
SEEN
