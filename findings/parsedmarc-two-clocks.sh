#!/usr/bin/env bash
# Guess:   the dates that parsedmarc takes out of a DMARC report are in UTC, as the seconds of the report are.
# Really:  the dates of the whole report are on the machine's clock and those of its records in UTC, in one form and without a zone. On a
#          machine of UTC they agree.
# Seen:    parsedmarc 11.1.0.
# Matters: a report of one day lies on two, and what is counted by the report's date differs from what is counted by its records'. A laptop and
#          the server disagree about the same file. `TZ=UTC` for the process makes the two clocks one.
# Source:  parsedmarc/__init__.py, `parse_aggregate_report_xml`; domainaware/parsedmarc, issue 811, second part.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi parsedmarc==11.1.0
cat >"$work/report.xml" <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<feedback>
  <report_metadata>
    <org_name>example.net</org_name><email>dmarc@example.net</email><report_id>1</report_id>
    <date_range><begin>1796083200</begin><end>1796169599</end></date_range>
  </report_metadata>
  <policy_published><domain>example.com</domain><p>none</p></policy_published>
  <record>
    <row>
      <source_ip>192.0.2.1</source_ip><count>2</count>
      <policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>fail</spf></policy_evaluated>
    </row>
    <identifiers><header_from>example.com</header_from></identifiers>
    <auth_results><dkim><domain>example.com</domain><result>pass</result></dkim></auth_results>
  </record>
</feedback>
XML
cat >"$work/read.py" <<'PY'
import os
import sys
from pathlib import Path

from parsedmarc import parse_aggregate_report_xml

report = parse_aggregate_report_xml(Path(sys.argv[1]).read_text(), offline=True)
record = report["records"][0]
print(f"{os.environ['TZ']}: report {report['report_metadata']['begin_date']}, record {record['interval_begin']}")
PY
seen=$(
  for zone in UTC America/New_York Asia/Tokyo; do
    TZ=$zone python "$work/read.py" "$work/report.xml" 2>/dev/null
  done
)
expect <<'SEEN'
UTC: report 2026-12-01 00:00:00, record 2026-12-01 00:00:00
America/New_York: report 2026-11-30 19:00:00, record 2026-12-01 00:00:00
Asia/Tokyo: report 2026-12-01 09:00:00, record 2026-12-01 00:00:00
SEEN
