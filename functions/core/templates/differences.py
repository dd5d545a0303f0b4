"""The differences between two texts, as unified diffs."""

from __future__ import annotations

import difflib

from functions.core.errors import FieldError, Rejected
from functions.core.templates.markup import spans

LINES_MAX = 5_000  # a comparison's time grows faster than its input


def of_text(before: str, after: str, names: tuple[str, str]) -> str:
    """Returns the diff, which ignores white space at the ends of lines. Raises Rejected if a text is too long to compare."""
    return _unified(before.splitlines(), after.splitlines(), names)


def of_html(before: str, after: str, names: tuple[str, str]) -> str:
    """Returns the diff of tags and texts, one a line. The lines of the source do not matter."""
    return _unified(_pieces(before), _pieces(after), names)


def _pieces(html: str) -> list[str]:
    pieces = (" ".join(html[span.start : span.end].split()) for span in spans(html))
    return [piece for piece in pieces if piece]


def _unified(before: list[str], after: list[str], names: tuple[str, str]) -> str:
    old, new = ([line.rstrip() for line in lines] for lines in (before, after))
    if max(len(old), len(new)) > LINES_MAX and old != new:
        message = f"is too long to compare: {max(len(old), len(new)):,} lines; {LINES_MAX:,} can be compared"
        raise Rejected([FieldError("content", message, "TOO_LARGE")])
    return "\n".join(difflib.unified_diff(old, new, names[0], names[1], lineterm=""))
