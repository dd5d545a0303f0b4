#!/usr/bin/env bash
# Guess:   a mail at half past two each night is sent once in every night, whichever library reads the cron expression with its time zone.
# Really:  where clocks go back, Python's croniter names the hour twice. Where they go forward, all name it once, at 03:00 or at 03:30. With
#          `*/30 2` some leave that night out, and some send once; and npm's cron runs an hourly job one time more, at 03:00.
# Seen:    croniter 7.0.0, cronsim 2.8, cron-parser 5.10.6, croner 11.0.1, cron 4.4.0, for Europe/Rome in 2026.
# Matters: a nightly report or reminder is sent twice once a year, or not at all; a system with a scheduler in Python and one in Node does not
#          even agree with itself. Keep the hours from 01:00 to 03:59 free, or make the send idempotent by its local date.
# Source:  shown by the run. Debian's cron(8) has one rule (what was skipped runs at once, nothing twice), and EventBridge Scheduler's user guide
#          another (skipped in spring, once in autumn).
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi croniter==7.0.0 cronsim==2.8 tzdata==2026.6
npm_install cron-parser@5.10.6 croner@11.0.1 cron@4.4.0
seen=$(
  python <<'PY'
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from croniter import croniter
from cronsim import CronSim

ROME = ZoneInfo("Europe/Rome")
for title, expression, month, day in (
    ("forward, daily", "30 2 * * *", 3, 29),
    ("back, daily", "30 2 * * *", 10, 25),
    ("forward, twice", "*/30 2 * * *", 3, 29),
    ("forward, hourly", "15 * * * *", 3, 29),
):
    start = datetime(2026, month, day, 0, 30, tzinfo=ROME)
    end = start.replace(hour=4).astimezone(UTC)
    for name, source in (
        ("croniter", croniter(expression, start, ret_type=datetime)),
        ("cronsim", CronSim(expression, start)),
    ):
        times = []
        while (time := next(source).astimezone(UTC)) < end:
            times.append(f"{time.astimezone(ROME):%H:%M%z}")
        print(f"{title:15} {name:11} {' '.join(times) or '-'}")
PY
  javascript <<'JS'
const { CronExpressionParser } = require("cron-parser");
const { Cron } = require("croner");
const { CronTime } = require("cron");

const timeZone = "Europe/Rome";
const inRome = (date) => date.toLocaleTimeString("sv", { timeZone, hour: "2-digit", minute: "2-digit" }) + offset(date);
const offset = (date) => date.toLocaleString("en", { timeZone, timeZoneName: "longOffset" }).match(/GMT(.*)/)[1].replace(":", "");
for (const [title, expression, start, end] of [
  ["forward, daily", "30 2 * * *", "2026-03-28T23:30Z", "2026-03-29T02:30Z"],
  ["back, daily", "30 2 * * *", "2026-10-24T22:30Z", "2026-10-25T03:30Z"],
  ["forward, twice", "*/30 2 * * *", "2026-03-28T23:30Z", "2026-03-29T02:30Z"],
  ["forward, hourly", "15 * * * *", "2026-03-28T23:30Z", "2026-03-29T02:30Z"],
]) {
  const parser = CronExpressionParser.parse(expression, { currentDate: new Date(start), tz: timeZone });
  const croner = new Cron(expression, { timezone: timeZone, paused: true });
  const cron = new CronTime(expression, timeZone);
  for (const [name, next] of [
    ["cron-parser", () => parser.next().toDate()],
    ["croner", (date) => croner.nextRun(date)],
    ["cron", (date) => cron.getNextDateFrom(date, timeZone).toJSDate()],
  ]) {
    const times = [];
    for (let date = next(new Date(start)); date < new Date(end); date = next(date)) times.push(inRome(date));
    console.log(title.padEnd(15), name.padEnd(11), times.join(" ") || "-");
  }
}
JS
)
expect <<'SEEN'
forward, daily  croniter    03:00+0200
forward, daily  cronsim     03:00+0200
back, daily     croniter    02:30+0200 02:30+0100
back, daily     cronsim     02:30+0200
forward, twice  croniter    03:00+0200
forward, twice  cronsim     -
forward, hourly croniter    01:15+0100 03:15+0200 04:15+0200
forward, hourly cronsim     01:15+0100 03:15+0200 04:15+0200
forward, daily  cron-parser 03:30+0200
forward, daily  croner      03:00+0200
forward, daily  cron        03:00+0200
back, daily     cron-parser 02:30+0200
back, daily     croner      02:30+0200
back, daily     cron        02:30+0200
forward, twice  cron-parser 03:00+0200 03:30+0200
forward, twice  croner      -
forward, twice  cron        03:00+0200
forward, hourly cron-parser 01:15+0100 03:15+0200 04:15+0200
forward, hourly croner      01:15+0100 03:15+0200 04:15+0200
forward, hourly cron        01:15+0100 03:00+0200 03:15+0200 04:15+0200
SEEN
