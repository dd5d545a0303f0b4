#!/usr/bin/env bash
# Guess:   an MJML compiler reports what it does not know, or does it.
# Really:  mrml drops an attribute that it does not know (a typo) and one that it has not built (the gap between the sections of a
#          wrapper), with an empty list of warnings. MJML of npm reports the first and does the second. And `{{ a < b }}` in a text,
#          which npm's keeps, is an error without a place.
# Seen:    mrml 0.2.4 (Python), mjml 5.4.1 (npm).
# Matters: mails look right in one and wrong in the other, and no one is told; a template that is valid for its author is refused.
# Source:  shown by the run.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi mrml==0.2.4
npm_install mjml@5.4.1
text() { echo "<mjml><mj-body><mj-section><mj-column>$1</mj-column></mj-section></mj-body></mjml>"; }
text '<mj-text colour="red">Hi</mj-text>' >"$work/typo.mjml"
section=$(text '<mj-text>Hi</mj-text>' | sed -e 's/<mjml><mj-body>//' -e 's/<\/mj-body><\/mjml>//')
echo "<mjml><mj-body><mj-wrapper gap=\"23px\">$section$section</mj-wrapper></mj-body></mjml>" >"$work/gap.mjml"
text '<mj-text>{% if a < b %}Hi{% endif %}</mj-text>' >"$work/less.mjml"
seen=$(
  python - "$work" <<'PY'
import pathlib
import sys

import mrml


def compiled(name):
    return mrml.to_html(pathlib.Path(sys.argv[1], f"{name}.mjml").read_text())


print("mrml, typo: warnings", compiled("typo").warnings)
print("mrml, gap: in the HTML", "23px" in compiled("gap").content, "- warnings", compiled("gap").warnings)
try:
    compiled("less")
except OSError as error:
    print("mrml, less:", error)
PY
  javascript <<'JS'
const fs = require("fs");
const mjml = require("mjml");
const compiled = (name) => mjml(fs.readFileSync(`${__dirname}/${name}.mjml`, "utf8"));
(async () => {
  console.log("mjml, typo: errors", (await compiled("typo")).errors.map((error) => error.message));
  console.log("mjml, gap: in the HTML", (await compiled("gap")).html.includes("23px"));
  console.log("mjml, less: kept", (await compiled("less")).html.includes("{% if a < b %}"));
})();
JS
)
expect <<'SEEN'
mrml, typo: warnings []
mrml, gap: in the HTML False - warnings []
mrml, less: unable to parse next template in root template
mjml, typo: errors [ 'Attribute colour is illegal' ]
mjml, gap: in the HTML true
mjml, less: kept true
SEEN
