#!/usr/bin/env bash
# Guess:   a template that cfn-flip turns from YAML into JSON says the same.
# Really:  it reads by YAML 1.1: the default 10:30 becomes 630, and NO false. An account's number that begins with 0 becomes another number if it has no
#          8 or 9 in it, and stays as it is otherwise. The yaml package of npm keeps 10:30 and NO, and drops the 0 of each such number.
# Seen:    cfn-flip 1.3.0 (PyPI), yaml 2.9.0 (npm).
# Matters: the hour of a daily report, a country of which the code is NO and an account in a policy change with the tool that last wrote the template.
#          Put quotation marks around them.
# Source:  YAML 1.1's types int (base 60 and 8) and bool; YAML 1.2, 10.3.2, core schema.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi cfn-flip==1.3.0
npm_install yaml@2.9.0
cat >"$work/template.yaml" <<'YAML'
Hour: 10:30
Country: NO
Account: 012345670123
OtherAccount: 012345678901
Quoted: '012345670123'
YAML
seen=$(
  python - "$work/template.yaml" <<'PY'
import json
import sys
from pathlib import Path

from cfn_flip import to_json

print("cfn-flip:", json.dumps(json.loads(to_json(Path(sys.argv[1]).read_text()))))
PY
  javascript <<JS
console.log("yaml:", JSON.stringify(require("yaml").parse(require("fs").readFileSync("$work/template.yaml", "utf8"))));
JS
)
expect <<'SEEN'
cfn-flip: {"Hour": 630, "Country": false, "Account": 1402433619, "OtherAccount": "012345678901", "Quoted": "012345670123"}
yaml: {"Hour":"10:30","Country":"NO","Account":12345670123,"OtherAccount":12345678901,"Quoted":"012345670123"}
SEEN
