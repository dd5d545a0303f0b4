#!/usr/bin/env bash
# Guess:   JSON that msgspec.json.format lays out without an error is JSON that msgspec.json.decode reads.
# Really:  format checks the grammar alone: a number beyond all bounds passes, and decode refuses it. A field of type Raw is skipped
#          over as lightly: the message around it decodes, and its reader is the first to see the error.
# Seen:    msgspec 0.22.0.
# Matters: an API that keeps a send's properties as Raw for the worker has accepted what no worker can read; an archive that was
#          laid out by format may hold lines that a replay stops at. Decode once where it comes in.
# Source:  msgspec's documentation of json.format and Raw does not say it; shown by the run.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi msgspec==0.22.0
seen=$(python - <<'PY'
import msgspec


class Send(msgspec.Struct):
    to: str
    properties: msgspec.Raw


def outcome(call, *args, **kwargs):
    try:
        return repr(call(*args, **kwargs))
    except msgspec.DecodeError as error:
        return f"{type(error).__name__}: {error}"


BODY = b'{"to":"ann@example.net","properties":{"total":1e999}}'
print("format:", outcome(msgspec.json.format, BODY, indent=-1))
print("decode:", outcome(msgspec.json.decode, BODY))
send = msgspec.json.decode(BODY, type=Send)
print("decode to a struct with Raw:", bytes(send.properties))
print("decode of its Raw:", outcome(msgspec.json.decode, send.properties))
PY
)
expect <<'SEEN'
format: b'{"to":"ann@example.net","properties":{"total":1e999}}'
decode: ValidationError: Number out of range - at `$[...][...]`
decode to a struct with Raw: b'{"total":1e999}'
decode of its Raw: ValidationError: Number out of range - at `$[...]`
SEEN
