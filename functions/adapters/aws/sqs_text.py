"""The characters of an SQS message. SQS refuses a message with U+FFFE or U+FFFF, and JSON allows both, so they are written as escapes."""

from __future__ import annotations

_ESCAPES = str.maketrans({"\ufffe": r"\ufffe", "\uffff": r"\uffff"})


def sqs_text(json: str) -> str:
    """Returns JSON that SQS takes. The encoder escapes control characters, and the decoder refuses lone surrogates."""
    # translate reads each character: for every message that took a fifth of the time to accept a send.
    if "\ufffe" in json or "\uffff" in json:
        return json.translate(_ESCAPES)
    return json
