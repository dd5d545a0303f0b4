"""Encoded words (RFC 2047) in what SES's events report of a mail's headers."""

from __future__ import annotations


def decoded(text: str) -> str:
    """Returns the text as it is if it has no encoded words, or malformed ones."""
    if "=?" not in text:
        return text
    from email.errors import HeaderParseError  # noqa: PLC0415 - every function that reads events imports this module
    from email.header import decode_header, make_header  # noqa: PLC0415 - few headers have encoded words

    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text
