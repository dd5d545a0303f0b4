#!/usr/bin/env bash
# Guess:   "Input data was truncated" means that the JSON ends too early.
# Really:  msgspec.json.decode reports this also for a whole document with a lone surrogate: the half of an emoji that JavaScript's
#          slice leaves, which JSON.stringify writes as \ud83d. No byte and no path tell where. Python's own json reads it.
# Seen:    msgspec 0.22.0.
# Matters: a subject that a caller cut at 50 characters fails as if the network had cut its request. Read the body once more with json
#          after this error, and name the field whose text has half of a character.
# Source:  msgspec's documentation does not say it; RFC 8259, section 8.2, warns of such texts; shown by the run.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi msgspec==0.22.0
seen=$(python - <<'PY'
import json

import msgspec


def outcome(call, *args):
    try:
        return ascii(call(*args))
    except msgspec.DecodeError as error:
        return f"{type(error).__name__}: {error}"


CUT = b'{"to":"ann@example.net","subject":"Your order \\ud83d"}'
print("a lone surrogate:", outcome(msgspec.json.decode, CUT))
print("a document without its end:", outcome(msgspec.json.decode, CUT[:-2]))
print("both halves:", outcome(msgspec.json.decode, CUT.replace(b"\\ud83d", b"\\ud83d\\udce6")))
print("json.loads:", outcome(json.loads, CUT))
PY
)
expect <<'SEEN'
a lone surrogate: DecodeError: Input data was truncated
a document without its end: DecodeError: Input data was truncated
both halves: {'to': 'ann@example.net', 'subject': 'Your order \U0001f4e6'}
json.loads: {'to': 'ann@example.net', 'subject': 'Your order \ud83d'}
SEEN
