#!/usr/bin/env bash
# Guess:   nodemailer's `list: { unsubscribe: [page, address] }` writes one List-Unsubscribe with two ways out.
# Really:  it writes the header twice, once for each. One header with both takes an array within the array.
# Seen:    nodemailer 10.6.1.
# Matters: the header must not be there twice, so which one a mailbox provider reads is left to it; a signature by DKIM that names the header once
#          covers one of the two.
# Source:  RFC 2369, section 2 (no field more than once); RFC 6376, 5.4.2; nodemailer's documentation of list headers, nested arrays.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

npm_install nodemailer@10.6.1
seen=$(
  javascript <<'JS'
const transport = require("nodemailer").createTransport({ streamTransport: true, buffer: true });
const [page, address] = ["https://example.com/u/1", "unsubscribe@example.com"];
(async () => {
  for (const unsubscribe of [[page, address], [[page, address]]]) {
    const mail = { from: "shop@example.com", to: "ada@example.net", subject: "News", text: "Hello", list: { unsubscribe } };
    const { message } = await transport.sendMail(mail);
    console.log(JSON.stringify(unsubscribe));
    for (const line of message.toString().replace(/\r\n[ \t]+/g, " ").split("\r\n")) if (/^List-/i.test(line)) console.log(" ", line);
  }
})();
JS
)
expect <<'SEEN'
["https://example.com/u/1","unsubscribe@example.com"]
  List-Unsubscribe: <https://example.com/u/1>
  List-Unsubscribe: <mailto:unsubscribe@example.com>
[["https://example.com/u/1","unsubscribe@example.com"]]
  List-Unsubscribe: <https://example.com/u/1>, <mailto:unsubscribe@example.com>
SEEN
