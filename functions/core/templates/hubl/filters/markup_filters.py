"""HubL's truncation of HTML. It counts visible characters, and closes every element that is open at the cut."""

from __future__ import annotations

import html as characters
from typing import Any

from functions.core.templates.hubl.switches import flag, whole
from functions.core.templates.hubl.values import text
from functions.core.templates.markup import spans

LENGTH = 255


def truncatehtml(value: Any, length: Any = LENGTH, end: Any = "...", breakword: Any = False) -> Any:
    """Returns up to `length` characters of text as markup, and `end` if a text was cut. A trusted value needs `|safe` after it."""
    if not isinstance(value, str):
        return value
    source, left = str(value), whole(length, LENGTH)
    written: list[str] = []
    opened: list[str] = []
    for span in spans(source):
        part = source[span.start : span.end]
        if span.kind in {"text", "orphan"}:
            visible = characters.unescape(part)
            if len(visible) > left:
                cut = _cut(visible, left, breakword=flag(breakword)) + text(end) if left > 0 else ""
                return "".join([*written, cut, *_closing(opened)])
            left -= len(visible)
        elif span.kind == "open":
            opened.append(span.name)
        elif span.kind == "close" and span.name in opened:
            while opened.pop() != span.name:
                pass
        written.append(part)
    return source


def _cut(visible: str, left: int, *, breakword: bool) -> str:
    """Cuts at `left` characters, or at the last space before them. So a word that ends there goes, and so does a first word."""
    spaces = (at for at in range(left - 1, -1, -1) if visible[at].isspace())
    return characters.escape(visible[: left if breakword else next(spaces, 0)], quote=False)


def _closing(opened: list[str]) -> list[str]:
    return [f"</{name}>" for name in reversed(opened)]
