"""Texts of the catalogues with values in them, such as `there is no contact %(contact)s`, and the sentences that are made of them."""

from __future__ import annotations

import re

_VALUE = re.compile(r"%\((\w+)\)s")


def own_length(text: str) -> int:
    """Returns the length of a text without its values. If two match a sentence, the longer one is its text."""
    return len(_VALUE.sub("", text))


def pattern_of(text: str) -> re.Pattern[str]:
    """Returns what matches a whole sentence, and has its values by their names. A value that occurs twice is one value."""
    named: set[str] = set()
    parts = _VALUE.split(text)  # text, name, text, name, ...
    return re.compile("".join(_part(part, named, is_value=bool(at % 2)) for at, part in enumerate(parts)), re.DOTALL)


def _part(part: str, named: set[str], *, is_value: bool) -> str:
    if not is_value:
        return re.escape(part.replace("%%", "%"))
    if part in named:
        return f"(?P={part})"
    named.add(part)
    return f"(?P<{part}>.*?)"
