#!/usr/bin/env bash
# Guess:   mrml writes an attribute's value into the HTML as it reads it.
# Really:  it writes it by Rust's debug formatting: a no-break space becomes \u{a0}, the vowel signs of Hindi and the variation
#          selector of an emoji become \u{...} too. The text between elements stays as it is, and MJML of npm keeps all.
# Seen:    mrml 0.2.4 (Python), mjml 5.4.1 (npm).
# Matters: an alternative text or a title is read aloud as "10 backslash u a 0 kg", and a text part made from the HTML shows it.
# Source:  shown by the run.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi mrml==0.2.4
npm_install mjml@5.4.1
cat >"$work/mail.mjml" <<'MJML'
<mjml><mj-body><mj-section><mj-column>
<mj-image src="https://example.com/a.png" alt="10 kg नमस्ते ❤️" /><mj-text>10 kg नमस्ते ❤️</mj-text>
</mj-column></mj-section></mj-body></mjml>
MJML
seen=$(
  python - "$work/mail.mjml" <<'PY'
import re
import sys

import mrml

html = mrml.to_html(open(sys.argv[1], encoding="utf-8").read()).content
print("mrml, alt: ", re.search(r'alt="(.*?)"', html)[1])
print("mrml, text:", re.search(r">(10.*?)</div>", html)[1])
PY
  javascript <<'JS'
const fs = require("fs");
const mjml = require("mjml");
(async () => {
  const { html } = await mjml(fs.readFileSync(`${__dirname}/mail.mjml`, "utf8"));
  console.log("mjml, alt: ", html.match(/alt="(.*?)"/)[1]);
})();
JS
)
expect <<'SEEN'
mrml, alt:  10\u{a0}kg नमस\u{94d}त\u{947} ❤\u{fe0f}
mrml, text: 10 kg नमस्ते ❤️
mjml, alt:  10 kg नमस्ते ❤️
SEEN
