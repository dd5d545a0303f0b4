"""The direction of a mail: one in a right-to-left language gets `dir="rtl"` if its author set no direction."""

from __future__ import annotations

import re
import unicodedata

from functions.core.emails.languages import is_right_to_left
from functions.core.templates.html.edits import Edits
from functions.core.templates.html.elements import Document
from functions.core.templates.html.masking import MARKS, Masked
from functions.core.templates.markup import attributes, spans

_SETS_DIRECTION = re.compile(r"(?<![\w-])direction\s*+:|\bhtml_lang_dir\b", re.IGNORECASE)
_LETTERS_MIN = 5  # fewer are no sign of a language
_ROOTS = frozenset({"html", "mjml"})
_RAW = frozenset({"style", "script", "title", "mj-style", "mj-title"})


def needs_right_to_left(masked: Masked, language: str) -> bool:
    """Whether the language, the root's `lang` or most letters are written from right to left, and nothing in the source sets a direction."""
    tags = [span for span in spans(masked.mask) if span.kind in {"open", "empty"}]
    names = [attributes(masked.mask, tag) for tag in tags]
    if _SETS_DIRECTION.search(masked.text) or any("dir" in own or "direction" in own for own in names):
        return False
    root = next((own for tag, own in zip(tags, names, strict=True) if tag.name in _ROOTS), {})
    if any(any(mark in name for mark in MARKS) for name in root):
        return False  # an expression may set it
    written = root.get("lang") or ""
    return is_right_to_left(written) or is_right_to_left(language) or is_rightward(letters(masked.mask))


def letters(mask: str) -> str:
    """Returns the letters of the texts, without Jinja2's."""
    texts, raw = list[str](), False
    for span in spans(mask):
        if span.kind == "text" and not raw:
            texts += [letter for letter in mask[span.start : span.end] if letter.isalpha()]
        raw = span.kind == "open" and span.name in _RAW
    return "".join(texts)


def is_rightward(text: str) -> bool:
    """Whether most letters are of a right-to-left script."""
    return len(text) >= _LETTERS_MIN and sum(
        unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text
    ) * 2 > len(text)


def set_right_to_left(document: Document, edits: Edits) -> None:
    """Adds the attribute to each html tag: only one of those in branches is rendered."""
    for element in document.elements:
        if element.name == "html" and element.kind == "written":
            edits.insert(element.after_name, ' dir="rtl"')
