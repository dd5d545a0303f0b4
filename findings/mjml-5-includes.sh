#!/usr/bin/env bash
# Guess:   mj-include puts the other file in, or an error says that it could not.
# Really:  since version 5 mjml ignores it by default: the mail lacks the part, and the list of errors is empty.
# Seen:    mjml 5.4.1 beside 4.18.0 (npm).
# Matters: an update of the compiler takes the header and the foot out of every mail. ignoreIncludes: false brings them back.
# Source:  mjml's README, ignoreIncludes ("for security", says mjml-cli's).
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

npm_install mjml@5.4.1 mjml-4@npm:mjml@4.18.0
echo '<mj-text>Unsubscribe</mj-text>' >"$work/foot.mjml"
seen=$(javascript <<'JS'
const mail =
  '<mjml><mj-body><mj-section><mj-column><mj-text>Hi</mj-text><mj-include path="./foot.mjml" /></mj-column></mj-section></mj-body></mjml>';
(async () => {
  for (const [name, options] of [["mjml-4", {}], ["mjml", {}], ["mjml", { ignoreIncludes: false }]]) {
    const { html, errors } = await require(name)(mail, { filePath: __filename, ...options });
    const { version } = require(`${name}/package.json`);
    console.log(version, JSON.stringify(options), "foot there:", html.includes("Unsubscribe"), "- errors:", errors.length);
  }
})();
JS
)
expect <<'SEEN'
4.18.0 {} foot there: true - errors: 0
5.4.1 {} foot there: false - errors: 0
5.4.1 {"ignoreIncludes":false} foot there: true - errors: 0
SEEN
