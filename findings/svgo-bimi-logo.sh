#!/usr/bin/env bash
# Guess:   svgo makes a logo smaller and leaves it the same kind of SVG.
# Really:  it removes `version`, which SVG 2 calls deprecated and the profile of BIMI's logos demands as 1.2. It keeps `baseProfile="tiny-ps"` and the
#          title, so the file still says that it is one. checkdmarc then calls it no SVG file at all.
# Seen:    svgo 4.1.0 (npm), checkdmarc 6.0.4.
# Matters: svgo is a step of many builds, so the logo in the repository passes a validator and the published one does not. (What mailboxes do with such
#          a logo was not seen; a certificate is for the file as it is.) Switch off `removeDeprecatedAttrs`, or leave the file out.
# Source:  svgo/plugins/_collections.js, `deprecated.safe` of `svg`; draft-svg-tiny-ps-abrotman; checkdmarc/bimi.py, `check_svg_requirements`.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi checkdmarc==6.0.4
npm_install svgo@4.1.0
cat >"$work/logo.svg" <<'SVG'
<svg version="1.2" baseProfile="tiny-ps" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><title>Example Shop</title><circle cx="32" cy="32" r="20" fill="#0a7"/></svg>
SVG
cat >"$work/finding.cjs" <<'JS'
const { readFileSync, writeFileSync } = require("fs");
const { optimize } = require("svgo");

const logo = readFileSync("logo.svg", "utf8");
const kept = { plugins: [{ name: "preset-default", params: { overrides: { removeDeprecatedAttrs: false } } }] };
writeFileSync("optimized.svg", optimize(logo).data);
writeFileSync("kept.svg", optimize(logo, kept).data);
JS
(cd "$work" && node finding.cjs)
seen=$(python - "$work" <<'PY'
import re
import sys
from pathlib import Path

from checkdmarc.bimi import check_svg_requirements, get_svg_metadata

for title, name in (("as drawn", "logo"), ("svgo", "optimized"), ("without removeDeprecatedAttrs", "kept")):
    text = Path(sys.argv[1], f"{name}.svg").read_text()
    try:
        found = check_svg_requirements(get_svg_metadata(text)) or "valid"
    except ValueError as error:
        found = error
    print(f"{title}: {' '.join(re.findall('(?:version|baseProfile)=[^ >]+', text))}; checkdmarc: {found}")
PY
)
expect <<'SEEN'
as drawn: version="1.2" baseProfile="tiny-ps"; checkdmarc: valid
svgo: baseProfile="tiny-ps"; checkdmarc: Not an SVG file: '@version'
without removeDeprecatedAttrs: baseProfile="tiny-ps" version="1.2"; checkdmarc: valid
SEEN
