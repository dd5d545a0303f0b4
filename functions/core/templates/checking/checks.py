"""Warnings about an email that can be published: content that clients cut off, block, or do not show.

The checks read the compiled HTML with its inlined styles, and report the place in the author's source.
"""

from __future__ import annotations

import functools
import html as characters
import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from functions.core.emails.email import EmailBody
from functions.core.errors import ERRORS_MAX, FieldError, more
from functions.core.templates.checking import secret_hints
from functions.core.templates.html import direction, mail_features
from functions.core.templates.html.masking import Masked
from functions.core.templates.markup import MarkupSpan, attribute_list, spans
from functions.core.templates.source_map import MappedText

CLIPPED_AT = 102 * 1024  # bytes; Gmail hides the rest behind a link
TEXT_MIN = 100  # characters besides images; filters treat a mail with less as one picture
STYLE_MAX = 16 * 1024  # bytes of CSS, above which Gmail drops it
_STYLE, _STYLE_END = re.compile(r"<style\b[^>]*+", re.IGNORECASE), re.compile(r"</style", re.IGNORECASE)
_RULE_PART = re.compile(r"[{};]|@[\w-]+")
_GROUPING_RULES = ("@media", "@supports", "@layer", "@container")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*")
_EVENT = re.compile(r"on[a-z]+")
_WIDTH = re.compile(r"(?:^|;)\s*+(?:max-)?width\s*+:\s*+\d", re.IGNORECASE)
_REMOVED_ELEMENTS = frozenset({"script", "iframe", "form", "object", "embed", "base", "frameset"})
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


_Check = Callable[["_Element"], Iterator["_Warning"]]


def warnings(
    content: EmailBody,
    source: MappedText,
    where: str,
    *,
    sensitive: bool = False,
    language: str = "",
    own_images: str = "",
) -> list[FieldError]:
    """Returns each warning once, at its first place in the source. `where` is the field of the whole source. `own_images` is what the
    addresses of the stage's images begin with: an author cannot change theirs, which on the local stack are not https.
    """
    html = content.html
    mask = Masked.of(MappedText.of("", html)).mask
    elements = [
        _Element(span.name, _attributes(html, mask, span)) for span in spans(mask) if span.kind in {"open", "empty"}
    ]
    checks: tuple[_Check, ...] = (*_CHECKS, functools.partial(_not_https, own_images=own_images))
    of_elements = (warning for element in elements for check in checks for warning in check(element))
    secrets = () if sensitive else _secrets(content, elements)
    whole = [
        *_sizes(content, elements),
        *_style_sheets(mask),
        *_direction(mask, elements),
        *_language(elements, language),
        *_amp(elements),
    ]
    unique = list(dict.fromkeys([*whole, *secrets, *of_elements]))
    placed = [_placed(source, warning, where) for warning in unique[:ERRORS_MAX]]
    return [*placed, *more(len(unique) - ERRORS_MAX, where)]


def _attributes(html: str, mask: str, tag: MarkupSpan) -> dict[str, str | None]:
    """Returns the attributes with their Jinja2 as written."""
    attributes: dict[str, str | None] = {}
    for one in attribute_list(mask, tag):
        value = None if one.value is None else html[one.value_start : one.value_start + len(one.value)]
        attributes.setdefault(one.name, value)
    return attributes


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


def _style_sheets(mask: str) -> Iterator[_Warning]:
    sheets = [*_sheets(mask)]
    size = sum(len(sheet.encode()) for sheet in sheets)
    if size > STYLE_MAX:
        yield _Warning(
            "LARGE_STYLE", f"has {size:,} bytes of CSS: Gmail drops style sheets above {STYLE_MAX:,}", "<style"
        )
    if any(map(_has_nested_rule, sheets)):
        message = "has an @ rule in an @ rule: Gmail drops this style sheet"
        yield _Warning("NESTED_RULE", message, "|".join(_GROUPING_RULES))


def _sheets(mask: str) -> Iterator[str]:
    """Yields the text of each <style>. The search ends at one that does not end: it takes linear time."""
    start = _STYLE.search(mask)
    while start and (end := _STYLE_END.search(mask, start.end())):
        yield mask[start.end() + 1 : end.start()]
        start = _STYLE.search(mask, end.end())


def _has_nested_rule(sheet: str) -> bool:
    """Returns whether a rule that groups others has an @ rule directly in it."""
    is_grouping = False
    blocks: list[bool] = []  # the open ones: whether each is a grouping rule's
    for part in _RULE_PART.findall(sheet):
        if part == "{":
            blocks.append(is_grouping)
        elif part == "}":
            del blocks[-1:]
        elif part != ";" and blocks and blocks[-1]:
            return True
        is_grouping = part.lower() in _GROUPING_RULES
    return False


def _direction(mask: str, elements: list[_Element]) -> Iterator[_Warning]:
    letters = direction.letters(mask)
    written = {(element.attributes.get("dir") or "").lower() for element in elements}
    if direction.is_rightward(letters) and "rtl" not in written:
        yield _Warning(
            "NO_DIRECTION", 'is written from right to left: set dir="rtl" on <html>, or on <mjml>', "<html|<mjml"
        )
    root = _root(elements)
    if root and root.attributes.get("dir") == "rtl" and letters and not direction.is_rightward(letters):
        yield _Warning(
            "WRONG_DIRECTION", 'has dir="rtl", but most of its letters are written from left to right', "dir="
        )


def _language(elements: list[_Element], language: str) -> Iterator[_Warning]:
    root = _root(elements)
    written = (root.attributes.get("lang") or "") if root else ""
    if language and _TAG.fullmatch(written) and _base(written) not in {_base(language), "und"}:
        message = f'has lang="{written}", but is the email in {language}: a screen reader takes the words for {written}'
        yield _Warning("WRONG_LANGUAGE", message, r"\blang\s*=")


def _root(elements: list[_Element]) -> _Element | None:
    return next((element for element in elements if element.name == "html"), None)


def _base(language: str) -> str:
    return language.lower().partition("-")[0]


def _amp(elements: list[_Element]) -> Iterator[_Warning]:
    if any("⚡4email" in element.attributes or "amp4email" in element.attributes for element in elements[:1]):
        yield _Warning("AMP", "is AMP HTML, which is not shown as the HTML part: write HTML for this part", "<html")


def _secrets(content: EmailBody, elements: list[_Element]) -> Iterator[_Warning]:
    advice = "looks like a secret: set content.sensitive, so that the mail is not tracked and its content is not stored"
    for name in secret_hints.properties(content):
        yield _Warning("LOOKS_SENSITIVE", f"has {name}, which {advice}", re.escape(name) + r"\b")
    for element in elements:
        address = element.attributes.get("href") or ""
        if element.name == "a" and secret_hints.is_secret_link(address):
            yield _Warning("LOOKS_SENSITIVE", f"has a link that {advice}: {element.excerpt('href')}", _value(address))


def _image(element: _Element) -> Iterator[_Warning]:
    if element.name == "img" and element.attributes.get("alt") is None and not _is_decoration(element):
        message = f"has an image without alt, which shows nothing if images are off: {element.excerpt('src')}"
        yield _Warning("NO_ALT", message, _value(element.attributes.get("src")) or r"<(?:mj-image|img)\b")


def _is_decoration(element: _Element) -> bool:
    """Whether a screen reader skips the image, or it has one pixel."""
    attributes = element.attributes
    hidden = attributes.get("role") in {"presentation", "none"} or attributes.get("aria-hidden") == "true"
    return hidden or bool({attributes.get("width"), attributes.get("height")} & {"0", "1"})


def _removed(element: _Element) -> Iterator[_Warning]:
    if element.name in _REMOVED_ELEMENTS:
        message = f"has a <{element.name}> element, which mail clients remove"
        yield _Warning("REMOVED", message, rf"<{element.name}\b")
    for name in element.attributes:
        if _EVENT.fullmatch(name):
            yield _Warning("REMOVED", f"has the attribute {name}, which mail clients remove", rf"\b{name}\s*=")
    source = (element.attributes.get("src") or "").lstrip().lower()
    if source.startswith("data:"):
        message = "has an image in a data: address, which Gmail and Outlook do not show"
        yield _Warning("DATA_ADDRESS", message, "data:")
    style = element.attributes.get("style") or ""
    if element.name == "img" and _WIDTH.search(style) and "width" not in element.attributes:
        message = f"has an image whose width is in CSS only, which Outlook ignores: {element.excerpt('src')}"
        yield _Warning("NO_WIDTH", message, _value(element.attributes.get("src")) or "<img")


def _link(element: _Element) -> Iterator[_Warning]:
    for attribute in ("href", "src"):
        address = element.attributes.get(attribute)
        if (address or "").strip().lower().startswith("javascript:"):
            yield _Warning("REMOVED", "has a javascript: address, which mail clients remove", "javascript:")


def _not_https(element: _Element, own_images: str) -> Iterator[_Warning]:
    for attribute in ("href", "src"):
        address = (element.attributes.get(attribute) or "").strip()
        if address.lower().startswith("http:") and not (own_images and address.startswith(own_images)):
            message = f"has an address that is not https: {element.excerpt(attribute)}"
            yield _Warning("NOT_HTTPS", message, _value(element.attributes.get(attribute)))


def _linked_sheet(element: _Element) -> Iterator[_Warning]:
    """A web font that does not load only makes a mail plainer."""
    address = element.attributes.get("href") or ""
    if (
        element.name == "link"
        and "stylesheet" in (element.attributes.get("rel") or "").lower()
        and "font" not in address
    ):
        message = f"has a style sheet in <link>, which Gmail and Outlook do not load: {element.excerpt('href')}"
        yield _Warning("UNSUPPORTED", message, _value(address) or "<link")


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


_CHECKS: tuple[_Check, ...] = (_image, _removed, _link, _linked_sheet, _features)
