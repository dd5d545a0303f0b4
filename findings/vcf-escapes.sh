#!/usr/bin/env bash
# Guess:   a reader of vCards gives the values that were written.
# Really:  npm's vcf gives a text with its escapes: "Ada Rossi\, notary", and a note with \n for its lines. vobject of Python undoes them.
# Seen:    vcf 2.1.2 (npm), vobject 0.9.9 (PyPI).
# Matters: a contact's name from a mail's attachment is greeted with a backslash, and one that is written anew gets an escape of the escape.
# Source:  RFC 6350, 3.4 and 4.1; shown by the run.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi vobject==0.9.9
npm_install vcf@2.1.2
seen=$(
  python - "$work/contact.vcf" <<'PY'
import sys
from pathlib import Path

import vobject

card = vobject.vCard()
card.add("n").value = vobject.vcard.Name(family="Rossi", given="Ada")
card.add("fn").value = "Ada Rossi, notary"
card.add("note").value = "first line\nsecond line"
written = card.serialize()
Path(sys.argv[1]).write_text(written, newline="")
read = vobject.readOne(written)
print("vobject:", [read.fn.value, read.note.value])
PY
  javascript <<JS
const Card = require("vcf");
const card = new Card().parse(require("fs").readFileSync("$work/contact.vcf", "utf8"));
console.log("vcf:", JSON.stringify([card.get("fn").valueOf(), card.get("note").valueOf()]));
JS
)
expect <<'SEEN'
vobject: ['Ada Rossi, notary', 'first line\nsecond line']
vcf: ["Ada Rossi\\, notary","first line\\nsecond line"]
SEEN
