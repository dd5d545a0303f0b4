#!/usr/bin/env bash
# Guess:   a file with two columns "email" is refused, or the first one is taken.
# Really:  Python's csv, csv-parse and csvtojson take the last without a warning. pandas, Polars, DuckDB and Papa Parse keep both, and invent three
#          different names for the second. Only fast-csv refuses the file.
# Seen:    Python 3.11.7, pandas 3.1.1, polars 2.1.0, duckdb 2.0.1 (PyPI), papaparse 5.7.1, csv-parse 7.0.3, csvtojson 2.0.14, fast-csv 5.0.8 (npm).
# Matters: a join of two exports has the column twice. The same file mails one address or the other, by the tool that reads it. Compare the header
#          with its set first.
# Source:  shown by the run; RFC 4180 says nothing about it.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi pandas==3.1.1 polars==2.1.0 duckdb==2.0.1
npm_install papaparse@5.7.1 csv-parse@7.0.3 csvtojson@2.0.14 fast-csv@5.0.8
printf 'email,first,email\nada@example.net,Ada,ada@work.example\n' >"$work/contacts.csv"
seen=$(
  python - "$work/contacts.csv" <<'PY'
import csv
import sys
from pathlib import Path

import duckdb
import pandas
import polars

path = sys.argv[1]
print("csv:", next(csv.DictReader(Path(path).open()))["email"])
print("pandas:", ", ".join(pandas.read_csv(path).columns))
print("polars:", ", ".join(polars.read_csv(path).columns))
print("duckdb:", ", ".join(duckdb.read_csv(path).columns))
PY
  javascript <<JS
const text = require("fs").readFileSync("$work/contacts.csv", "utf8");
const papaparse = require("papaparse").parse(text, { header: true, skipEmptyLines: true });
console.log("papaparse:", papaparse.meta.fields.join(", ") + ", errors:", papaparse.errors.length);
console.log("csv-parse:", require("csv-parse/sync").parse(text, { columns: true })[0].email);
(async () => {
  console.log("csvtojson:", (await require("csvtojson")().fromString(text))[0].email);
  const rows = require("fast-csv").parseString(text, { headers: true });
  rows.on("error", (error) => console.log("fast-csv:", error.message)).resume();
})();
JS
)
expect <<'SEEN'
csv: ada@work.example
pandas: email, first, email.1
polars: email, first, email_duplicated_0
duckdb: email, first, email_1
papaparse: email, first, email_1, errors: 0
csv-parse: ada@work.example
csvtojson: ada@work.example
fast-csv: Duplicate headers found ["email"]
SEEN
