"""What differs between two texts, as unified diffs that people read."""

from __future__ import annotations

import difflib

from functions.core.errors import FieldError, Rejected
from functions.core.templates.html.markup import spans

LINES_MAX = 5_000  # the comparison takes longer than in proportion


def of_text(before: str, after: str, names: tuple[str, str]) -> str:
    """Empty where nothing differs but white space at the ends of lines. Raises Rejected for what is too long to compare."""
    return _unified(before.splitlines(), after.splitlines(), names)


def of_html(before: str, after: str, names: tuple[str, str]) -> str:
    """A line for each tag and each text between two, however they were written."""
    return _unified(_pieces(before), _pieces(after), names)


def _pieces(html: str) -> list[str]:
    pieces = (" ".join(html[span.start : span.end].split()) for span in spans(html))
    return [piece for piece in pieces if piece]


def _unified(before: list[str], after: list[str], names: tuple[str, str]) -> str:
    old, new = ([line.rstrip() for line in lines] for lines in (before, after))
    if max(len(old), len(new)) > LINES_MAX and old != new:
        told = f"is too long to compare: {max(len(old), len(new)):,} lines; {LINES_MAX:,} can be compared"
        raise Rejected([FieldError("content", told, "TOO_LARGE")])
    return "\n".join(difflib.unified_diff(old, new, names[0], names[1], lineterm=""))
