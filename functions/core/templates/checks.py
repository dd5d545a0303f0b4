"""What is worth a warning in an email that can be published all the same: what clients cut off, block, or do not show.

It is found in what is sent, where MJML is HTML and styles are inlined, and told where its author wrote it.
"""

from __future__ import annotations

import html as characters
import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from functions.core.emails.email import EmailBody
from functions.core.errors import ERRORS_MAX, FieldError, more
from functions.core.templates.html import mail_features
from functions.core.templates.html.markup import attributes, spans
from functions.core.templates.source_map import MappedText

CLIPPED_AT = 102 * 1024  # bytes, from where on Gmail hides the rest behind a link
TEXT_MIN = 100  # characters beside images: with less, filters take a mail for one picture
_DECLARED = re.compile(r"(?:^|;)\s*+([a-z-]++)\s*+:", re.IGNORECASE)
_SHOWN_MAX = 80  # characters of what is wrong


class _Element(Struct, frozen=True):
    name: str
    given: Mapping[str, str | None]

    def shown(self, attribute: str) -> str:
        return (self.given.get(attribute) or "")[:_SHOWN_MAX]


class _Warning(Struct, frozen=True):
    code: str
    message: str
    written: str = ""  # a pattern of how its author wrote it; empty: it is about the whole


def warnings(content: EmailBody, source: MappedText, where: str) -> list[FieldError]:
    """Each told once, in the first place of the source where it is; `where` stands for the whole."""
    html = content.html
    elements = [_Element(span.name, attributes(html, span)) for span in spans(html) if span.kind in {"open", "empty"}]
    told = [*_sizes(content, elements), *(told for one in elements for check in _CHECKS for told in check(one))]
    found = list(dict.fromkeys(told))
    placed = [_placed(source, one, where) for one in found[:ERRORS_MAX]]
    return [*placed, *more(len(found) - ERRORS_MAX, where)]


def _placed(source: MappedText, warning: _Warning, where: str) -> FieldError:
    found = re.search(warning.written, source.text, re.IGNORECASE) if warning.written else None
    if found is None:
        return FieldError(where, warning.message, warning.code)
    return source.fault(found.start(), warning.message, warning.code)


def _sizes(content: EmailBody, elements: list[_Element]) -> Iterator[_Warning]:
    size = len(content.html.encode())
    if size > CLIPPED_AT:
        told = f"takes {size:,} bytes before anything is filled in: from {CLIPPED_AT:,} on Gmail hides the rest"
        yield _Warning("CLIPPED", told)
    words = sum(len(word) for word in content.text.split())
    if words < TEXT_MIN and any(one.name == "img" for one in elements):
        told = f"has images, and {words} characters of text: spam filters want {TEXT_MIN} at least"
        yield _Warning("LITTLE_TEXT", told)


def _image(element: _Element) -> Iterator[_Warning]:
    if element.name == "img" and element.given.get("alt") is None:
        told = f"has an image without alt, which says nothing where images are off: {element.shown('src')}"
        yield _Warning("NO_ALT", told, _value(element.given.get("src")) or r"<(?:mj-image|img)\b")


def _link(element: _Element) -> Iterator[_Warning]:
    for attribute in ("href", "src"):
        address = element.given.get(attribute)
        if (address or "").strip().lower().startswith("http:"):
            told = f"has an address that is not https: {element.shown(attribute)}"
            yield _Warning("NOT_HTTPS", told, _value(address))


def _features(element: _Element) -> Iterator[_Warning]:
    if lacking := mail_features.ELEMENTS.get(element.name):
        told = f"has a <{element.name}> element, which {_listed(lacking)} do not show"
        yield _Warning("UNSUPPORTED", told, rf"<{element.name}\b")
    for found in _DECLARED.finditer(element.given.get("style") or ""):
        name = found[1].lower()
        if lacking := mail_features.PROPERTIES.get(name):
            told = f"has a style with {name}, which {_listed(lacking)} do not follow"
            yield _Warning("UNSUPPORTED", told, rf"(?<![\w-]){name}\s*:")


def _value(attribute: str | None) -> str:
    """The compiler writes `&` as `&amp;`, an author may write either."""
    given = attribute or ""
    return "|".join(map(re.escape, dict.fromkeys([given, characters.unescape(given)])))


def _listed(clients: tuple[str, ...]) -> str:
    return f"{', '.join(clients[:-1])} and {clients[-1]}"


_CHECKS: tuple[Callable[[_Element], Iterator[_Warning]], ...] = (_image, _link, _features)
