#!/usr/bin/env bash
# Guess:   `segno.make()` makes a QR code, which what reads QR codes can read.
# Really:  for a short text it makes a Micro QR code, which has one corner mark in place of three: jsQR does not find it. `make_qr()` never makes one.
# Seen:    segno 1.6.6, jsqr 1.4.0.
# Matters: a ticket's or a parcel's number in a mail is short. The code passes every test with the long address of a page, and no one at the door
#          can read the number.
# Source:  segno's documentation of `make` (`micro`); ISO/IEC 18004, Micro QR; jsQR's README.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi segno==1.6.6
npm_install jsqr@1.4.0
seen=$(
  python - "$work/codes.json" <<'PY'
import json
import sys
from pathlib import Path

import segno

codes = {}
for text in ("AB-1234", "https://example.com/tickets/AB-1234"):
    for make in (segno.make, segno.make_qr):
        code = make(text)
        codes[f"{make.__name__}({text}), {code.designator}"] = [list(row) for row in code.matrix_iter(scale=4, border=4)]
Path(sys.argv[1]).write_text(json.dumps(codes))
PY
  javascript <<JS
const { default: jsQR } = require("jsqr");

for (const [name, rows] of Object.entries(require("$work/codes.json"))) {
  const pixels = Uint8ClampedArray.from(rows.flat().flatMap((dark) => (dark ? [0, 0, 0, 255] : [255, 255, 255, 255])));
  console.log(name + ":", jsQR(pixels, rows[0].length, rows.length)?.data ?? "not found");
}
JS
)
expect <<'SEEN'
make(AB-1234), M3-M: not found
make_qr(AB-1234), 1-H: AB-1234
make(https://example.com/tickets/AB-1234), 3-M: https://example.com/tickets/AB-1234
make_qr(https://example.com/tickets/AB-1234), 3-M: https://example.com/tickets/AB-1234
SEEN
