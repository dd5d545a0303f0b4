"""Warnings about an email that can be published: content that clients cut off, block, or do not show.

The checks read the compiled HTML with its inlined styles, and report the place in the author's source.
"""

from __future__ import annotations

import html as characters
import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from functions.core.emails.email import EmailBody
from functions.core.errors import ERRORS_MAX, FieldError, more
from functions.core.templates import secret_hints
from functions.core.templates.html import mail_features
from functions.core.templates.markup import attributes, spans
from functions.core.templates.source_map import MappedText

CLIPPED_AT = 102 * 1024  # bytes; Gmail hides the rest behind a link
TEXT_MIN = 100  # characters besides images; filters treat a mail with less as one picture
_DECLARED = re.compile(r"(?:^|;)\s*+([a-z-]++)\s*+:", re.IGNORECASE)
_EXCERPT_MAX = 80  # characters of the source in a message


class _Element(Struct, frozen=True):
    name: str
    attributes: Mapping[str, str | None]

    def excerpt(self, attribute: str) -> str:
        return (self.attributes.get(attribute) or "")[:_EXCERPT_MAX]


class _Warning(Struct, frozen=True):
    code: str
    message: str
    written: str = ""  # a pattern of the author's source; empty: the whole source


def warnings(content: EmailBody, source: MappedText, where: str, *, sensitive: bool = False) -> list[FieldError]:
    """Returns each warning once, at its first place in the source. `where` is the field of the whole source."""
    html = content.html
    elements = [_Element(span.name, attributes(html, span)) for span in spans(html) if span.kind in {"open", "empty"}]
    of_elements = (warning for element in elements for check in _CHECKS for warning in check(element))
    secrets = () if sensitive else _secrets(content, elements)
    unique = list(dict.fromkeys([*_sizes(content, elements), *secrets, *of_elements]))
    placed = [_placed(source, warning, where) for warning in unique[:ERRORS_MAX]]
    return [*placed, *more(len(unique) - ERRORS_MAX, where)]


def _placed(source: MappedText, warning: _Warning, where: str) -> FieldError:
    match = re.search(warning.written, source.text, re.IGNORECASE) if warning.written else None
    if match is None:
        return FieldError(where, warning.message, warning.code)
    return source.error(match.start(), warning.message, warning.code)


def _sizes(content: EmailBody, elements: list[_Element]) -> Iterator[_Warning]:
    size = len(content.html.encode())
    if size > CLIPPED_AT:
        message = f"has {size:,} bytes without properties: Gmail hides everything above {CLIPPED_AT:,}"
        yield _Warning("CLIPPED", message)
    words = sum(len(word) for word in content.text.split())
    if words < TEXT_MIN and any(element.name == "img" for element in elements):
        message = f"has images, and {words} characters of text: spam filters expect at least {TEXT_MIN}"
        yield _Warning("LITTLE_TEXT", message)


def _secrets(content: EmailBody, elements: list[_Element]) -> Iterator[_Warning]:
    advice = "looks like a secret: set content.sensitive, so that the mail is not tracked and its content is not stored"
    for name in secret_hints.properties(content):
        yield _Warning("LOOKS_SENSITIVE", f"has {name}, which {advice}", re.escape(name) + r"\b")
    for element in elements:
        address = element.attributes.get("href") or ""
        if element.name == "a" and secret_hints.is_secret_link(address):
            yield _Warning("LOOKS_SENSITIVE", f"has a link that {advice}: {element.excerpt('href')}", _value(address))


def _image(element: _Element) -> Iterator[_Warning]:
    if element.name == "img" and element.attributes.get("alt") is None:
        message = f"has an image without alt, which shows nothing if images are off: {element.excerpt('src')}"
        yield _Warning("NO_ALT", message, _value(element.attributes.get("src")) or r"<(?:mj-image|img)\b")


def _link(element: _Element) -> Iterator[_Warning]:
    for attribute in ("href", "src"):
        address = element.attributes.get(attribute)
        if (address or "").strip().lower().startswith("http:"):
            message = f"has an address that is not https: {element.excerpt(attribute)}"
            yield _Warning("NOT_HTTPS", message, _value(address))


def _features(element: _Element) -> Iterator[_Warning]:
    if lacking := mail_features.ELEMENTS.get(element.name):
        message = f"has a <{element.name}> element, which {_listed(lacking)} do not show"
        yield _Warning("UNSUPPORTED", message, rf"<{element.name}\b")
    for match in _DECLARED.finditer(element.attributes.get("style") or ""):
        name = match[1].lower()
        if lacking := mail_features.PROPERTIES.get(name):
            message = f"has a style with {name}, which {_listed(lacking)} ignore"
            yield _Warning("UNSUPPORTED", message, rf"(?<![\w-]){name}\s*:")


def _value(attribute: str | None) -> str:
    """Returns a pattern of a value. The compiler writes `&` as `&amp;`, and an author may write either."""
    value = attribute or ""
    return "|".join(map(re.escape, dict.fromkeys([value, characters.unescape(value)])))


def _listed(clients: tuple[str, ...]) -> str:
    return f"{', '.join(clients[:-1])} and {clients[-1]}"


_CHECKS: tuple[Callable[[_Element], Iterator[_Warning]], ...] = (_image, _link, _features)
