#!/usr/bin/env bash
# Guess:   `parse_reply` returns what a person wrote, without the mail that was answered.
# Really:  Python's email-reply-parser takes a paragraph whose lines begin with a hyphen and a letter for a signature, and leaves it out: of an order
#          with two points, only the sentence before them is left. With a space after the hyphen they stay. The packages of the same purpose in npm
#          and of mail-parser-reply keep them.
# Seen:    email-reply-parser 0.5.12 (PyPI) and 2.3.7 (npm), mail-parser-reply 1.36.
# Matters: answers to a mail go into a ticket without what they ask for, and nobody sees that something is missing. Keep the whole text beside it;
#          `EmailReplyParser.read(text).fragments` still has the points, marked as a signature.
# Source:  email_reply_parser/__init__.py, `SIG_REGEX`; zapier/email-reply-parser, issue 30, open.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi email-reply-parser==0.5.12 mail-parser-reply==1.36
npm_install email-reply-parser@2.3.7
cat >"$work/reply.txt" <<'TEXT'
Please do both:

-cancel order 17
-send me its invoice

On Mon, 30 Nov 2026 at 10:00, Shop <shop@example.com> wrote:
> What can we do for you?
TEXT
seen=$(
  python - "$work/reply.txt" <<'PY'
import sys
from pathlib import Path

import email_reply_parser
import mailparser_reply

text = Path(sys.argv[1]).read_text()
print("email-reply-parser, Python:     ", ascii(email_reply_parser.EmailReplyParser.parse_reply(text)))
spaced = text.replace("\n-", "\n- ")
print("  with spaces behind the hyphens:", ascii(email_reply_parser.EmailReplyParser.parse_reply(spaced)))
print("mail-parser-reply:              ", ascii(mailparser_reply.EmailReplyParser(languages=["en"]).read(text=text).latest_reply))
PY
  javascript <<JS
const text = require("fs").readFileSync("$work/reply.txt", "utf8");
const module_ = require("email-reply-parser");
const Parser = module_.default ?? module_;
console.log("email-reply-parser, Node:       ", JSON.stringify(new Parser().read(text).getVisibleText().trim()));
JS
)
expect <<'SEEN'
email-reply-parser, Python:      'Please do both:'
  with spaces behind the hyphens: 'Please do both:\n\n- cancel order 17\n- send me its invoice'
mail-parser-reply:               'Please do both:\n\n-cancel order 17\n-send me its invoice'
email-reply-parser, Node:        "Please do both:\n\n-cancel order 17\n-send me its invoice"
SEEN
