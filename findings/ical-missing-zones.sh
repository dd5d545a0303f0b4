#!/usr/bin/env bash
# Guess:   an invitation for ten o'clock in Rome is at that moment for every reader, since its start names the zone.
# Really:  Python's icalendar writes `TZID=Europe/Rome` without the VTIMEZONE that must go with it, until `add_missing_timezones()` is called.
#          Readers then differ: icalendar and node-ical know the zone by its name; ical.js takes the hour for one of the reader's own clock.
# Seen:    icalendar 7.3.2, ical.js 2.2.1, node-ical 0.26.1.
# Matters: the sender's tests and everybody in Rome see the right hour; a guest in New York comes six hours late. A start in UTC is safe.
# Source:  RFC 5545, 3.2.19; icalendar's documentation of `Calendar.add_missing_timezones`; ical.js, `Time.fromData` and `TimezoneService`.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi icalendar==7.3.2 tzdata==2026.6
npm_install ical.js@2.2.1 node-ical@0.26.1
export TZ=America/New_York
seen=$(
  python - "$work" <<'PY'
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

event = Event.new(uid="1@example.com", summary="Opening", start=datetime(2026, 12, 1, 10, tzinfo=ZoneInfo("Europe/Rome")))
calendar = Calendar.new()
calendar.add_component(event)
for name in ("as written", "add_missing_timezones"):
    if name == "add_missing_timezones":
        calendar.add_missing_timezones()
    written = calendar.to_ical()
    Path(sys.argv[1], f"{name}.ics").write_bytes(written)
    read = Calendar.from_ical(written).events[0].start.astimezone(UTC)
    print(f"{name}: {written.count(b'BEGIN:VTIMEZONE')} VTIMEZONE, icalendar reads {read:%H:%M} UTC")
PY
  javascript <<JS
const { readFileSync } = require("fs");
const nodeIcal = require("node-ical");

(async () => {
  const { default: ICAL } = await import("ical.js");
  for (const name of ["as written", "add_missing_timezones"]) {
    const text = readFileSync("$work/" + name + ".ics", "utf8");
    const event = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent("vevent"));
    const other = Object.values(nodeIcal.sync.parseICS(text)).find((part) => part.type === "VEVENT");
    const utc = (date) => date.toISOString().slice(11, 16) + " UTC";
    console.log(name + ": ical.js reads", utc(event.startDate.toJSDate()) + ", node-ical", utc(other.start));
  }
})();
JS
)
expect <<'SEEN'
as written: 0 VTIMEZONE, icalendar reads 09:00 UTC
add_missing_timezones: 1 VTIMEZONE, icalendar reads 09:00 UTC
as written: ical.js reads 15:00 UTC, node-ical 09:00 UTC
add_missing_timezones: ical.js reads 09:00 UTC, node-ical 09:00 UTC
SEEN
