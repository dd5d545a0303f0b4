#!/usr/bin/env bash
# Guess:   html-to-text puts something between the cells of a table.
# Really:  by default nothing: cells and rows run together. Tables have to be named as data tables by a selector, because in most mails
#          they are layout.
# Seen:    html-to-text 10.0.1 (npm).
# Matters: the text part of a receipt reads "Pen$2.00Ink$3.00".
# Source:  html-to-text's README, dataTable.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

npm_install html-to-text@10.0.1
seen=$(javascript <<'JS'
const { convert } = require("html-to-text");
const receipt = "<table><tr><td>Pen</td><td>$2.00</td></tr><tr><td>Ink</td><td>$3.00</td></tr></table>";
const asData = { selectors: [{ selector: "table", format: "dataTable" }] };
console.log("default:  ", JSON.stringify(convert(receipt)));
console.log("dataTable:", JSON.stringify(convert(receipt, asData)));
JS
)
expect <<'SEEN'
default:   "Pen$2.00Ink$3.00"
dataTable: "Pen   $2.00\nInk   $3.00"
SEEN
