#!/usr/bin/env bash
# Guess:   a list of crawlers tells a machine's open of a mail from a person's.
# Really:  crawler-user-agents, device_detector and isbot all call Gmail's and Yahoo's image proxies a bot. Those load the images of a mail
#          when a person opens it. isbot says the same of the bare "Mozilla/5.0" with which Apple's mail privacy loads images; the two others do not.
# Seen:    crawler-user-agents 1.67.0, device_detector 6.5.1, isbot 5.2.3.
# Matters: who drops opens by such a list loses every reader of Gmail, and may still count Apple's machine. Look for the proxies first.
# Source:  shown by the run; the agents are those that these services send.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi crawler-user-agents==1.67.0 device_detector==6.5.1
npm_install isbot@5.2.3
cat >"$work/agents.json" <<'JSON'
{
  "Gmail's proxy": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
  "Yahoo's proxy": "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
  "Apple's privacy": "Mozilla/5.0",
  "Outlook": "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17029; Pro)"
}
JSON
seen=$(
  python - "$work/agents.json" <<'PY'
import json
import sys
from pathlib import Path

from crawleruseragents import is_crawler
from device_detector import DeviceDetector

agents = json.loads(Path(sys.argv[1]).read_text())
print("crawler-user-agents:", ", ".join(name for name, agent in agents.items() if is_crawler(agent)))
print("device_detector:", ", ".join(name for name, agent in agents.items() if DeviceDetector(agent).parse().is_bot()))
PY
  javascript <<JS
const { isbot } = require("isbot");
const agents = require("$work/agents.json");
console.log("isbot:", Object.keys(agents).filter((name) => isbot(agents[name])).join(", "));
JS
)
expect <<'SEEN'
crawler-user-agents: Gmail's proxy, Yahoo's proxy
device_detector: Gmail's proxy, Yahoo's proxy
isbot: Gmail's proxy, Yahoo's proxy, Apple's privacy
SEEN
