#!/usr/bin/env bash
# Guess:   `csvsort` puts the lines of a file into order, and changes none.
# Really:  it reads each column as what it looks like, and writes that: the surname Na becomes empty, a phone number loses its plus or its zero, "yes" is
#          True, and 1/2/2026 is the second of January. `csvcut` of the same package leaves all as it is.
# Seen:    csvkit 2.2.0.
# Matters: a list of contacts that was only sorted before its import greets every Na with "Dear Ms ,", and has numbers that nobody can call. Na is a
#          surname in Korea. `--no-inference` keeps numbers and dates, and the names take `--blanks` too.
# Source:  csvkit's documentation, common arguments `-I` and `--blanks`; agate, `DEFAULT_NULL_VALUES`, compared in small letters.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi csvkit==2.2.0
cat >"$work/contacts.csv" <<'CSV'
email,surname,phone,order,vip,since
ji@example.com,Na,+39061234567,00123,yes,1/2/2026
bob@example.com,None,0612345678,12.10,no,2/3/2026
CSV
run() {
  echo "$*:"
  local tool=$1
  shift
  "$work/venv/bin/$tool" "$@" "$work/contacts.csv"
}
seen=$(
  run csvcut -c 1-6
  run csvsort -r -c email
  run csvsort -r -c email --no-inference
  run csvsort -r -c email --no-inference --blanks
)
expect <<'SEEN'
csvcut -c 1-6:
email,surname,phone,order,vip,since
ji@example.com,Na,+39061234567,00123,yes,1/2/2026
bob@example.com,None,0612345678,12.10,no,2/3/2026
csvsort -r -c email:
email,surname,phone,order,vip,since
ji@example.com,,39061234567,123,True,2026-01-02
bob@example.com,,612345678,12.10,False,2026-02-03
csvsort -r -c email --no-inference:
email,surname,phone,order,vip,since
ji@example.com,,+39061234567,00123,yes,1/2/2026
bob@example.com,,0612345678,12.10,no,2/3/2026
csvsort -r -c email --no-inference --blanks:
email,surname,phone,order,vip,since
ji@example.com,Na,+39061234567,00123,yes,1/2/2026
bob@example.com,None,0612345678,12.10,no,2/3/2026
SEEN
