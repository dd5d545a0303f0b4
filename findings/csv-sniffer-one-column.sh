#!/usr/bin/env bash
# Guess:   csv.Sniffer finds no delimiter in a file of one column, and says so.
# Really:  in a list of addresses Python's finds a letter: the "l" of "email" and "example" makes two columns of each line. clevercsv, which is made to
#          do better, finds the "@". Papa Parse says that there is no delimiter, and takes the comma.
# Seen:    Python 3.11.7, 3.12.1 and 3.13.0, clevercsv 0.8.5, papaparse 5.7.1 (npm).
# Matters: one column of addresses is the commonest export of a list. The import makes contacts called "ada@examp", or finds no column "email".
#          Give the delimiters that may be: `sniff(text, ",;\t|")` raises here, and then there is one column.
# Source:  Lib/csv.py, `Sniffer._guess_delimiter`, which takes any character that each line has as often; the documentation calls it heuristic.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi clevercsv==0.8.5
npm_install papaparse@5.7.1
seen=$(
  python <<'PY'
import csv
import io

import clevercsv

TEXT = "email\nada@example.com\nbob@example.org\n"

found = csv.Sniffer().sniff(TEXT)
print("csv.Sniffer:      ", repr(found.delimiter), list(csv.reader(io.StringIO(TEXT), found)))
try:
    csv.Sniffer().sniff(TEXT, ",;\t|")
except csv.Error as error:
    print("with delimiters:  ", error)
found = clevercsv.Sniffer().sniff(TEXT)
print("clevercsv.Sniffer:", repr(found.delimiter), list(clevercsv.reader(io.StringIO(TEXT), found)))
PY
  javascript <<'JS'
const { data, errors, meta } = require("papaparse").parse("email\nada@example.com\nbob@example.org", {});
console.log("papaparse:        ", JSON.stringify(meta.delimiter), JSON.stringify(data), errors[0].code);
JS
)
expect <<'SEEN'
csv.Sniffer:       'l' [['emai', ''], ['ada@examp', 'e.com'], ['bob@examp', 'e.org']]
with delimiters:   Could not determine delimiter
clevercsv.Sniffer: '@' [['email'], ['ada', 'example.com'], ['bob', 'example.org']]
papaparse:         "," [["email"],["ada@example.com"],["bob@example.org"]] UndetectableDelimiter
SEEN
