"""HTML as HubL shortens it: by the characters that a reader sees, and with every element closed that is open at the cut."""

from __future__ import annotations

import html as characters

from functions.core.templates.html.markup import spans


def truncatehtml(value: object, length: object = 255, end: object = "...", breakword: object = False) -> str:
    """Markup, for `|safe` where the value can be trusted. Up to `length` characters of text, and the end where something was cut."""
    text, left = str(value), int(str(length))
    written: list[str] = []
    opened: list[str] = []
    for span in spans(text):
        part = text[span.start : span.end]
        if span.kind in {"text", "stray"}:
            seen = characters.unescape(part)
            if len(seen) > left:
                return "".join([*written, _cut(seen, left, bool(breakword)), str(end), *_closing(opened)])
            left -= len(seen)
        elif span.kind == "open":
            opened.append(span.name)
        elif span.kind == "close" and span.name in opened:
            while opened.pop() != span.name:
                pass
        written.append(part)
    return text


def _cut(seen: str, left: int, breakword: bool) -> str:
    kept = seen[: max(left, 0)]
    inside_a_word = kept[-1:].strip() and seen[len(kept) : len(kept) + 1].strip()
    if inside_a_word and not breakword and len(kept.split(None, 1)) > 1:
        kept = kept.rsplit(None, 1)[0]
    return characters.escape(kept if breakword else kept.rstrip(), quote=False)


def _closing(opened: list[str]) -> list[str]:
    return [f"</{name}>" for name in reversed(opened)]
