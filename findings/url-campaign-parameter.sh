#!/usr/bin/env bash
# Guess:   adding utm_source to a link changes nothing before it.
# Really:  the whole query is read and written anew. yarl decodes a slash, JavaScript's URL encodes ~, all of them write a space as + and
#          a=1;b=2 as one value, and only furl keeps a name without a value.
# Seen:    yarl 1.25.1, furl 2.1.4, w3lib 2.5.0, Node 20.20.2.
# Matters: a link that is signed as a text (a download, a confirmation) is refused after it, and only for those recipients whose token has such
#          a character. Append the parameter to the text of the link, before its fragment.
# Source:  the URL standard, application/x-www-form-urlencoded, against RFC 3986, 2.3; for the libraries shown by the run.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi yarl==1.25.1 furl==2.1.4 w3lib==2.5.0
seen=$(
  python - <<'PY'
from furl import furl
from w3lib.url import add_or_replace_parameter
from yarl import URL

for query in ("next=%2Fa", "token=a~b", "q=a%20b", "a=1;b=2", "preview"):
    link = f"https://example.com/?{query}"
    with_furl = furl(link).add({"utm_source": "mail"}).url
    with_yarl = str(URL(link).update_query(utm_source="mail"))
    with_w3lib = add_or_replace_parameter(link, "utm_source", "mail")
    print(query, *(f"| {name} {new.split('?')[1].split('&')[0]}" for name, new in (("furl", with_furl), ("yarl", with_yarl), ("w3lib", with_w3lib))))
PY
  javascript <<'JS'
for (const query of ["next=%2Fa", "token=a~b", "q=a%20b", "a=1;b=2", "preview"]) {
  const link = new URL("https://example.com/?" + query);
  link.searchParams.append("utm_source", "mail");
  console.log(query, "| JavaScript", link.search.slice(1).split("&")[0]);
}
JS
)
expect <<'SEEN'
next=%2Fa | furl next=%2Fa | yarl next=/a | w3lib next=%2Fa
token=a~b | furl token=a~b | yarl token=a~b | w3lib token=a~b
q=a%20b | furl q=a+b | yarl q=a+b | w3lib q=a+b
a=1;b=2 | furl a=1%3Bb%3D2 | yarl a=1%3Bb%3D2 | w3lib a=1%3Bb%3D2
preview | furl preview | yarl preview= | w3lib preview=
next=%2Fa | JavaScript next=%2Fa
token=a~b | JavaScript token=a%7Eb
q=a%20b | JavaScript q=a+b
a=1;b=2 | JavaScript a=1%3Bb%3D2
preview | JavaScript preview=
SEEN
