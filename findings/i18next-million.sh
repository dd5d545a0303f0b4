#!/usr/bin/env bash
# Guess:   Italian, like English, has two forms of a counted text: one mail, several mails.
# Really:  by CLDR Italian, Spanish, French, Portuguese and Catalan have a third, "many", which whole millions take. i18next asks for it, and
#          writes the key where it is missing. A catalog that Babel makes for them has three forms.
# Seen:    i18next 26.7.2 with Node 20.20.2, Babel 2.19.0.
# Matters: a report by mail is right up to 999,999 and then has "mails.sent" for a subject, in languages where every test passed. Translations of
#          two forms (`_one`, `_other`) need a `_many`.
# Source:  CLDR's chart of plural rules; i18next's documentation of plurals, which names no fallback to another form; babel/messages/plurals.py.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi babel==2.19.0
npm_install i18next@26.7.2
seen=$(
  javascript <<'JS'
const i18next = require("i18next");
for (const language of ["en", "de", "it", "es", "fr", "pt", "ca"]) {
  const translation = { mails: { sent_one: "{{count}} mail", sent_other: "{{count}} mails" } };
  const instance = i18next.createInstance();
  instance.init({ lng: language, initAsync: false, resources: { [language]: { translation } } });
  console.log(language + ":", [1, 999999, 1000000, 1000001].map((count) => instance.t("mails.sent", { count })).join(", "));
}
JS
  python - <<'PY'
from babel.messages import Catalog

print("Babel:", *(f"{language} {Catalog(locale=language).num_plurals}" for language in ("en", "de", "it", "es", "fr", "pt", "ca")))
PY
)
expect <<'SEEN'
en: 1 mail, 999999 mails, 1000000 mails, 1000001 mails
de: 1 mail, 999999 mails, 1000000 mails, 1000001 mails
it: 1 mail, 999999 mails, mails.sent, 1000001 mails
es: 1 mail, 999999 mails, mails.sent, 1000001 mails
fr: 1 mail, 999999 mails, mails.sent, 1000001 mails
pt: 1 mail, 999999 mails, mails.sent, 1000001 mails
ca: 1 mail, 999999 mails, mails.sent, 1000001 mails
Babel: en 2 de 2 it 3 es 3 fr 3 pt 3 ca 3
SEEN
