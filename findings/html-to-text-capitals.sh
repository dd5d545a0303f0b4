#!/usr/bin/env bash
# Guess:   a text part that is made from the HTML has the same letters.
# Really:  html-to-text writes headings in capitals, and so does the text of @react-email/render, which is made with it: the code aBc9xY in an h1 is
#          ABC9XY in the text part.
# Seen:    html-to-text 10.0.1, @react-email/render 2.3.1.
# Matters: a code, a coupon or a password in large type is a heading in many mails. Who reads the text part types one that is refused. The option is
#          `uppercase: false` on the selector of each heading.
# Source:  html-to-text's README, formatter options: `uppercase` is true by default.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

npm_install html-to-text@10.0.1 @react-email/render@2.3.1 react@19.3.1 react-dom@19.3.1
seen=$(
  javascript <<'JS'
const { convert } = require("html-to-text");
const { toPlainText } = require("@react-email/render");

const html = "<h1>Your code: aBc9xY</h1>";
console.log("html-to-text:", convert(html));
console.log("html-to-text, uppercase false:", convert(html, { selectors: [{ selector: "h1", options: { uppercase: false } }] }));
console.log("@react-email/render:", toPlainText(html));
JS
)
expect <<'SEEN'
html-to-text: YOUR CODE: ABC9XY
html-to-text, uppercase false: Your code: aBc9xY
@react-email/render: YOUR CODE: ABC9XY
SEEN
