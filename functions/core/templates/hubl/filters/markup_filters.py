"""HubL's truncation of HTML. It counts visible characters, and closes every element that is open at the cut."""

from __future__ import annotations

import html as characters

from functions.core.templates.markup import spans


def truncatehtml(value: object, length: object = 255, end: object = "...", breakword: object = False) -> str:
    """Returns up to `length` characters of text as markup, and `end` if something was cut. A trusted value needs `|safe` after it."""
    text, left = str(value), int(str(length))
    written: list[str] = []
    opened: list[str] = []
    for span in spans(text):
        part = text[span.start : span.end]
        if span.kind in {"text", "orphan"}:
            visible = characters.unescape(part)
            if len(visible) > left:
                return "".join([*written, _cut(visible, left, bool(breakword)), str(end), *_closing(opened)])
            left -= len(visible)
        elif span.kind == "open":
            opened.append(span.name)
        elif span.kind == "close" and span.name in opened:
            while opened.pop() != span.name:
                pass
        written.append(part)
    return text


def _cut(visible: str, left: int, breakword: bool) -> str:
    start = visible[: max(left, 0)]
    inside_a_word = start[-1:].strip() and visible[len(start) : len(start) + 1].strip()
    if inside_a_word and not breakword and len(start.split(None, 1)) > 1:
        start = start.rsplit(None, 1)[0]
    return characters.escape(start if breakword else start.rstrip(), quote=False)


def _closing(opened: list[str]) -> list[str]:
    return [f"</{name}>" for name in reversed(opened)]
