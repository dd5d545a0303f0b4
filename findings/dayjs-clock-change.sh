#!/usr/bin/env bash
# Guess:   nine o'clock in Rome plus one day is nine o'clock in Rome, as it is with moment-timezone and Luxon.
# Really:  Day.js keeps the offset of the first day. Across the clock change its text says 09:00+02:00, a moment that is 08:00 in Rome. On a
#          machine in another zone the text and `toISOString()` of one value may also be two moments, an hour apart.
# Seen:    dayjs 1.11.23, moment-timezone 0.6.6, luxon 3.7.2, with the machine in UTC and in New York.
# Matters: a reminder "the day before" or the next turn of a daily mail is an hour off in two nights of the year, and for a month's distance in
#          many more. The hour that is printed is right, so logs and tests do not show it. Write the date anew and read it by `dayjs.tz`.
# Source:  iamkun/dayjs, issues 1271 and 2112, open; dayjs's documentation of the plugin Timezone says nothing of sums.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

npm_install dayjs@1.11.23 moment-timezone@0.6.6 luxon@3.7.2
cat >"$work/finding.js" <<'JS'
const dayjs = require("dayjs");
dayjs.extend(require("dayjs/plugin/utc"));
dayjs.extend(require("dayjs/plugin/timezone"));
const moment = require("moment-timezone");
const { DateTime } = require("luxon");

const zone = "Europe/Rome";
const inRome = (date) => date.toLocaleString("sv", { timeZone: zone }).slice(5, 16);
const day = dayjs.tz("2026-10-24 09:00", zone);
const show = (name, written, date) => console.log(`${process.env.TZ}, ${name}: ${written}, which is ${inRome(date)} in Rome`);

show("dayjs, a day later", day.add(1, "day").format(), new Date(day.add(1, "day").format()));
show("dayjs, a month later, format()", day.add(1, "month").format(), new Date(day.add(1, "month").format()));
show("dayjs, a month later, toISOString()", day.add(1, "month").toISOString(), day.add(1, "month").toDate());
const anew = dayjs.tz(day.add(1, "month").format("YYYY-MM-DDTHH:mm"), zone);
show("dayjs, a month later, read anew", anew.format(), anew.toDate());
const other = moment.tz("2026-10-24 09:00", zone).add(1, "day");
show("moment-timezone, a day later", other.format(), other.toDate());
const third = DateTime.fromISO("2026-10-24T09:00", { zone }).plus({ days: 1 });
show("luxon, a day later", third.toISO({ suppressMilliseconds: true }), third.toJSDate());
JS
seen=$(for zone in UTC America/New_York; do TZ=$zone node "$work/finding.js"; done)
expect <<'SEEN'
UTC, dayjs, a day later: 2026-10-25T09:00:00+02:00, which is 10-25 08:00 in Rome
UTC, dayjs, a month later, format(): 2026-11-24T09:00:00+02:00, which is 11-24 08:00 in Rome
UTC, dayjs, a month later, toISOString(): 2026-11-24T07:00:00.000Z, which is 11-24 08:00 in Rome
UTC, dayjs, a month later, read anew: 2026-11-24T09:00:00+01:00, which is 11-24 09:00 in Rome
UTC, moment-timezone, a day later: 2026-10-25T09:00:00+01:00, which is 10-25 09:00 in Rome
UTC, luxon, a day later: 2026-10-25T09:00:00+01:00, which is 10-25 09:00 in Rome
America/New_York, dayjs, a day later: 2026-10-25T09:00:00+02:00, which is 10-25 08:00 in Rome
America/New_York, dayjs, a month later, format(): 2026-11-24T09:00:00+02:00, which is 11-24 08:00 in Rome
America/New_York, dayjs, a month later, toISOString(): 2026-11-24T08:00:00.000Z, which is 11-24 09:00 in Rome
America/New_York, dayjs, a month later, read anew: 2026-11-24T09:00:00+01:00, which is 11-24 09:00 in Rome
America/New_York, moment-timezone, a day later: 2026-10-25T09:00:00+01:00, which is 10-25 09:00 in Rome
America/New_York, luxon, a day later: 2026-10-25T09:00:00+01:00, which is 10-25 09:00 in Rome
SEEN
