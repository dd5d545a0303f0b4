#!/usr/bin/env bash
# Guess:   a comma at the end of each line makes one empty column more, or an error.
# Really:  pandas takes the first column for the names of the rows, and moves the header one to the right: the column "email" holds first names, "first"
#          surnames, and the last one nothing. There is no warning. DuckDB names the empty column.
# Seen:    pandas 3.1.1, duckdb 2.0.1.
# Matters: exports end their lines so, with a header that does not. The addresses are in the index, so a loop over `row["email"]` finds none, and a
#          greeting has the surname. `index_col=False` keeps the columns in place.
# Source:  pandas' documentation of `read_csv`, `index_col`, the note on delimiters at the end of lines; shown by the run.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi pandas==3.1.1 duckdb==2.0.1
seen=$(
  python - "$work" <<'PY'
import sys
import warnings
from pathlib import Path

import duckdb
import pandas

warnings.simplefilter("error")
path = Path(sys.argv[1], "contacts.csv")
path.write_text("email,first,last\nada@example.com,Ada,Lovelace,\ngrace@example.org,Grace,Hopper,\n")
print("read_csv:           ", pandas.read_csv(path, dtype=str).to_dict("records")[0])
print("index_col=False:    ", pandas.read_csv(path, dtype=str, index_col=False).to_dict("records")[0])
rows = duckdb.execute(f"select * from read_csv('{path}', header = true)")
print("duckdb:             ", dict(zip((column[0] for column in rows.description), rows.fetchone(), strict=True)))
PY
)
expect <<'SEEN'
read_csv:            {'email': 'Ada', 'first': 'Lovelace', 'last': nan}
index_col=False:     {'email': 'ada@example.com', 'first': 'Ada', 'last': 'Lovelace'}
duckdb:              {'email': 'ada@example.com', 'first': 'Ada', 'last': 'Lovelace'}
SEEN
