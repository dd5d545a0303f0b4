#!/usr/bin/env bash
# Guess:   ua-parser names the mail client of an open, since its rules have Outlook, Apple Mail and Gmail's proxy.
# Really:  the new Outlook is "Edge", though its agent says OneOutlook; Gmail's prefetch is "Edge" on Windows; Outlook for iOS is
#          nothing. And nothing is None in the API since 1.0, where the older functions say the text "Other".
# Seen:    ua-parser 1.0.2 with ua-parser-builtins 202610.
# Matters: statistics by client show a browser that hardly anybody reads mail in, and count a machine as a person on a desk.
#          Look for these agents before ua-parser sees them, and map None yourself.
# Source:  shown by the run; the agents are those that mail services publish for these clients.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi ua-parser==1.0.2 ua-parser-builtins==202610
seen=$(python - <<'PY'
from ua_parser import parse, user_agent_parser

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
AGENTS = {
    "Outlook 2016": "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Microsoft Outlook 16.0.4266; ms-office; MSOffice 16)",
    "new Outlook": f"{WINDOWS} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0 OneOutlook/1.2026.317.100",
    "Outlook for iOS": "Outlook-iOS/711.2.0",
    "Gmail, opened": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "Gmail, prefetch": f"{WINDOWS} Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0",
    "Apple's proxy": "Mozilla/5.0",
}
for client, agent in AGENTS.items():
    found = parse(agent)
    names = [part.family if part else None for part in (found.user_agent, found.os)]
    print(f"{client}: {names}, older API {user_agent_parser.Parse(agent)['user_agent']['family']!r}")
PY
)
expect <<'SEEN'
Outlook 2016: ['Outlook', 'Windows'], older API 'Outlook'
new Outlook: ['Edge', 'Windows'], older API 'Edge'
Outlook for iOS: [None, None], older API 'Other'
Gmail, opened: ['GmailImageProxy', 'Windows'], older API 'GmailImageProxy'
Gmail, prefetch: ['Edge', 'Windows'], older API 'Edge'
Apple's proxy: [None, None], older API 'Other'
SEEN
