"""The characters of an SQS message. SQS refuses a message with U+FFFE or U+FFFF, and JSON allows both, so they are written as escapes."""

from __future__ import annotations

_ESCAPES = str.maketrans({"\ufffe": r"\ufffe", "\uffff": r"\uffff"})


def sqs_text(json: str) -> str:
    """Returns JSON that SQS takes. The encoder escapes control characters, and the decoder refuses lone surrogates."""
    return json.translate(_ESCAPES)
