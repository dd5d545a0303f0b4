"""`<mj-html-attributes>`: attributes for elements of the compiled HTML, by selectors. The compiler does not have it.

Only a selector that matches an element in every outcome of the template, or in none, can be applied before rendering.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cssselect2 import parser
from msgspec import Struct

from functions.core.templates.html import elements
from functions.core.templates.html.edits import Edits
from functions.core.templates.html.elements import Document, Element, written_attributes
from functions.core.templates.html.masking import Masked
from functions.core.templates.html.selectors import Certainty, Matcher, TooManyComparisonsError
from functions.core.templates.markup import MarkupSpan, attribute_list, spans
from functions.core.templates.source_map import MappedText

BLOCK = "mj-html-attributes"
_NAME = re.compile(r"[^\s\"'<>/=]+")


class HtmlAttribute(Struct, frozen=True):
    selector: str
    name: str
    value: str
    start: int  # offset of the selector in the source


def read(source: MappedText) -> list[HtmlAttribute]:
    """Raises Rejected for a selector without a path, and for an attribute without a name."""
    masked = Masked.of(source)
    rules, selector = list[HtmlAttribute](), ("", 0)
    markup = [span for span in spans(masked.mask) if span.name or span.kind == "text"]
    for at, span in enumerate(markup):
        if span.kind == "open" and span.name == "mj-selector":
            selector = _required(source, masked, span, "path")
        elif span.kind in {"open", "empty"} and span.name == "mj-html-attribute":
            name, start = _required(source, masked, span, "name")
            if not _NAME.fullmatch(name):
                raise source.rejected(start, f"{name[:40]!r} is not the name of an attribute")
            has_text = span.kind == "open" and markup[at + 1].kind == "text"
            value = masked.outside(span.end, markup[at + 1].end if has_text else span.end, _quoted)
            rules.append(HtmlAttribute(selector[0], name.lower(), value.strip(), selector[1]))
    return rules


def _required(source: MappedText, masked: Masked, tag: MarkupSpan, name: str) -> tuple[str, int]:
    for one in attribute_list(masked.mask, tag):
        if one.name == name and one.value:
            return source.text[one.value_start : one.value_start + len(one.value)], one.value_start
    raise source.rejected(tag.start, f"<{tag.name}> needs the attribute {name}")


def _quoted(text: str) -> str:
    return text.replace('"', "&quot;")


def applied(html: MappedText, rules: list[HtmlAttribute], source: MappedText) -> MappedText:
    """Returns the compiled HTML with the attributes. Raises Rejected with the place of a selector in the source."""
    document = elements.read(Masked.of(html))
    values = dict[tuple[int, str], str]()  # by element and name: a later rule wins
    matcher = Matcher(document)
    for rule in rules:
        for number in _matches(matcher, rule, source):
            values[number, rule.name] = rule.value
    edits = Edits()
    for (number, name), value in values.items():
        _write(document, document.elements[number], name, value, edits)
    return MappedText.of("", edits.applied(html.text))


def _matches(matcher: Matcher, rule: HtmlAttribute, source: MappedText) -> Iterator[int]:
    trees = list(_trees(rule, source))
    for number, element in enumerate(matcher.document.elements):
        if element.kind != "written":
            continue
        try:
            match = max(matcher.match(tree, element) for tree in trees)
        except TooManyComparisonsError as error:
            raise source.rejected(rule.start, "has too many selectors for so many elements") from error
        if match is Certainty.MAYBE:
            message = (
                f"{rule.selector[:40]!r} matches an element only in some outcomes of Jinja2: write the attribute itself"
            )
            raise source.rejected(rule.start, message)
        if match is Certainty.ALWAYS:
            yield number


def _trees(rule: HtmlAttribute, source: MappedText) -> Iterator[Any]:
    try:
        yield from (selector.parsed_tree for selector in parser.parse(rule.selector))
    except parser.SelectorError as error:
        raise source.rejected(rule.start, f"{rule.selector[:40]!r} is not a selector") from error


def _write(document: Document, element: Element, name: str, value: str, edits: Edits) -> None:
    same = [one for one in written_attributes(document.masked, element) if one.name == name]
    if same:
        edits.replace(same[0].start, same[0].end, f'{name}="{value}"')
    else:
        edits.insert(element.after_name, f' {name}="{value}"')
