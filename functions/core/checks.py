"""What is worth a warning in an email that can be published all the same: what clients cut off, block, or do not show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from functions.core import mail_features
from functions.core.email import Content
from functions.core.errors import Fault
from functions.core.markup import attributes, spans

CLIPPED_AT = 102 * 1024  # bytes, from where on Gmail hides the rest behind a link
TEXT_MIN = 100  # characters beside images: with less, filters take a mail for one picture
_DECLARED = re.compile(r"(?:^|;)\s*+([a-z-]++)\s*+:", re.IGNORECASE)
_SHOWN_MAX = 80  # characters of what is wrong


@dataclass(frozen=True, slots=True)
class _Element:
    name: str
    given: Mapping[str, str | None]

    def shown(self, attribute: str) -> str:
        return (self.given.get(attribute) or "")[:_SHOWN_MAX]


def warnings(content: Content, where: str) -> list[Fault]:
    """Each told once, with `where` for the place."""
    html = content.html
    elements = [_Element(span.name, attributes(html, span)) for span in spans(html) if span.kind in {"open", "empty"}]
    found = [*_sizes(content, elements), *(told for one in elements for check in _CHECKS for told in check(one))]
    return [Fault(where, message, code) for code, message in dict.fromkeys(found)]


def _sizes(content: Content, elements: list[_Element]) -> Iterator[tuple[str, str]]:
    size = len(content.html.encode())
    if size > CLIPPED_AT:
        yield (
            "CLIPPED",
            f"takes {size:,} bytes before anything is filled in: from {CLIPPED_AT:,} on Gmail hides the rest",
        )
    words = sum(len(word) for word in content.text.split())
    if words < TEXT_MIN and any(one.name == "img" for one in elements):
        yield "LITTLE_TEXT", f"has images, and {words} characters of text: spam filters want {TEXT_MIN} at least"


def _image(element: _Element) -> Iterator[tuple[str, str]]:
    if element.name == "img" and element.given.get("alt") is None:
        yield "NO_ALT", f"has an image without alt, which says nothing where images are off: {element.shown('src')}"


def _link(element: _Element) -> Iterator[tuple[str, str]]:
    for attribute in ("href", "src"):
        if (element.given.get(attribute) or "").strip().lower().startswith("http:"):
            yield "NOT_HTTPS", f"has an address that is not https: {element.shown(attribute)}"


def _features(element: _Element) -> Iterator[tuple[str, str]]:
    if lacking := mail_features.ELEMENTS.get(element.name):
        yield "UNSUPPORTED", f"has a <{element.name}> element, which {_listed(lacking)} do not show"
    for found in _DECLARED.finditer(element.given.get("style") or ""):
        if lacking := mail_features.PROPERTIES.get(found[1].lower()):
            yield "UNSUPPORTED", f"has a style with {found[1].lower()}, which {_listed(lacking)} do not follow"


def _listed(clients: tuple[str, ...]) -> str:
    return f"{', '.join(clients[:-1])} and {clients[-1]}"


_CHECKS: tuple[Callable[[_Element], Iterator[tuple[str, str]]], ...] = (_image, _link, _features)
