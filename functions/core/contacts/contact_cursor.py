"""Cursors of pages of contacts. A cursor holds its query's digest, so a cursor of another query is refused."""

from __future__ import annotations

import base64

import msgspec

from functions.core import ids


def encode(query: str, *, listed: int, position: str) -> str:
    """`listed`: the contacts on the pages before. `position`: the address where the next page begins its scan; empty if it is an offset."""
    fields = [ids.digest(query), listed, position]
    return base64.urlsafe_b64encode(msgspec.json.encode(fields)).decode().rstrip("=")


def decode(text: str, query: str) -> tuple[int, str]:
    """Returns what `encode` got. Raises ValueError if it did not write the text for this query."""
    try:
        fields = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=tuple[str, int, str])
    except (msgspec.DecodeError, ValueError) as error:  # of base64: binascii.Error is one
        raise ValueError("is not a cursor") from error
    digest, listed, position = fields
    if digest != ids.digest(query) or listed < 0:
        raise ValueError("belongs to another query")
    return listed, position
