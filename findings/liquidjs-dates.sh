#!/usr/bin/env bash
# Guess:   the filter `date` of Liquid writes the day that it was given.
# Really:  liquidjs takes a day without an hour for midnight in UTC and writes it by the machine's clock: west of Greenwich it is the day before. Its
#          option for keeping zones does not help a day, which has none. Python's Liquid writes the day, and the hour of the zone it came with.
# Seen:    liquidjs 10.30.1 (npm), python-liquid 2.3.6.
# Matters: "Payment is due by 30/11" in a mail about an invoice of 1 December, from a machine in New York and not from one in Rome or in UTC. With
#          `timezoneOffset: 0` the days are right everywhere, and hours are then those of UTC.
# Source:  liquidjs's documentation of `date`, `timezoneOffset` and `preserveTimezones`; ECMAScript, "Date Time String Format": a date alone is in UTC.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi python-liquid==2.3.6
npm_install liquidjs@10.30.1
export TZ=America/New_York
seen=$(
  javascript <<'JS'
const { Liquid } = require("liquidjs");

(async () => {
  for (const options of [{}, { preserveTimezones: true }, { timezoneOffset: 0 }]) {
    const text = await new Liquid(options).parseAndRender("due {{ due | date: '%d/%m' }}, paid {{ paid | date: '%d/%m %H:%M' }}", {
      due: "2026-12-01",
      paid: "2026-12-01T23:30:00+01:00",
    });
    console.log("liquidjs", JSON.stringify(options) + ":", text);
  }
})();
JS
  python <<'PY'
import liquid

text = "due {{ due | date: '%d/%m' }}, paid {{ paid | date: '%d/%m %H:%M' }}"
print("python-liquid:", liquid.render(text, due="2026-12-01", paid="2026-12-01T23:30:00+01:00"))
PY
)
expect <<'SEEN'
liquidjs {}: due 30/11, paid 01/12 17:30
liquidjs {"preserveTimezones":true}: due 30/11, paid 01/12 23:30
liquidjs {"timezoneOffset":0}: due 01/12, paid 01/12 22:30
python-liquid: due 01/12, paid 01/12 23:30
SEEN
