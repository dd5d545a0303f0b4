"""Message tags: a caller's own names for a send. They travel through SES to its events, and are kept with each message."""

from __future__ import annotations

import re

COUNT_MAX = 10  # ours: SES names no limit, and each is stored with each message of the send
RESERVED = "staffetta_"

_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")  # SES's, for names and values


def check(name: str, value: str) -> None:
    """Raises ValueError that says what is wrong."""
    if not _TAG.fullmatch(name):
        raise ValueError("must be named with 1 to 256 of A-Z, a-z, 0-9, _ and -")
    if name.lower().startswith(RESERVED):
        raise ValueError(f"must not begin with {RESERVED}: such tags are Staffetta's own")
    if not _TAG.fullmatch(value):
        raise ValueError("must have a value of 1 to 256 of A-Z, a-z, 0-9, _ and -")
