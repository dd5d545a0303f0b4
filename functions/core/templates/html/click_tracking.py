"""Links that opt out of click tracking: `data-track="false"`, on an `<a>` or on an MJML element that compiles to one. SES's own attribute replaces it."""

from __future__ import annotations

import html as characters
import re
from collections import Counter

from msgspec import Struct, field

from functions.core import link_tag
from functions.core.templates.html.edits import Edits
from functions.core.templates.html.elements import Document, Element, written_attributes
from functions.core.templates.html.masking import Masked
from functions.core.templates.html.own_links import NO_TRACK
from functions.core.templates.markup import TagAttribute, spans

_SES, _TAGS, _OURS = NO_TRACK, "ses:tags", "data-track"
_MARK = "no-track"  # among the relations of a link: MJML's compiler copies them, but drops unknown attributes
_OPT_OUT = re.compile(r"""\sdata-track\s*+=\s*+(?:"false"|'false'|false\b)""", re.IGNORECASE)
_RELATION = re.compile(r"""\srel\s*+=\s*+(["'])""", re.IGNORECASE)
_MARKED = re.compile(rf' rel="{_MARK}(?: ([^"]*))?"')
_PERSONAL_PART = re.compile(r"[?#]")  # statistics name a link without its query and its fragment


def marked(mjml: str) -> str:
    """Returns MJML whose links opt out in a form that its compiler copies."""
    return "".join(
        _mark(mjml[span.start : span.end]) if span.name.startswith("mj-") else mjml[span.start : span.end]
        for span in spans(mjml)
    )


def _mark(tag: str) -> str:
    bare, count = _OPT_OUT.subn("", tag)
    if not count:
        return tag
    with_others, others = _RELATION.subn(rf" rel=\1{_MARK} ", bare, count=1)
    return with_others if others else re.sub(r"^<[\w-]+", rf'\g<0> rel="{_MARK}"', bare)


def unmarked(html: str) -> str:
    """Returns the HTML of marked MJML, where the links have the author's attribute again."""

    def opted_out(match: re.Match[str]) -> str:
        return f' {_OURS}="false"' + (f' rel="{match[1]}"' if match[1] else "")

    return _MARKED.sub(opted_out, html)


def mark_links(document: Document, edits: Edits) -> None:
    """Writes SES's attribute into each link that opts out, and into each other link to a page that differs by recipient its pattern
    as a tag. A pattern at several places is numbered.
    """
    _Marker(document.masked, edits).mark(document)


class _Marker(Struct):
    masked: Masked
    edits: Edits
    places: Counter[str] = field(default_factory=Counter)

    def mark(self, document: Document) -> None:
        for element in document.elements:
            if element.name == "a" and element.kind == "written":
                self._link(element, written_attributes(self.masked, element))

    def _link(self, element: Element, written: list[TagAttribute]) -> None:
        attributes = {one.name: one for one in reversed(written)}
        ours = attributes.get(_OURS)
        if _SES in attributes:
            return
        if ours and (ours.value or "").lower() == "false":
            self._opt_out(element, ours)
        elif pattern := self._pattern(attributes.get("href")):
            self.places[pattern] += 1
            count = self.places[pattern]
            self._tag(element, attributes.get(_TAGS), pattern if count == 1 else f"{pattern} ({count})")

    def _opt_out(self, element: Element, ours: TagAttribute) -> None:
        """SES's attribute comes first. One that depends on a condition stays at its place."""
        variants = element.variants
        if variants is None or any(_OURS not in variant.attributes for variant in variants):
            self.edits.replace(ours.start, ours.end, _SES)
            return
        self.edits.insert(element.after_name, f" {_SES}")
        start = ours.start
        while self.masked.mask[start - 1].isspace():
            start -= 1
        self.edits.replace(start, ours.end)

    def _pattern(self, href: TagAttribute | None) -> str:
        """Returns the address of a page that differs by recipient, as written."""
        if href is None or not href.value:
            return ""
        page = _PERSONAL_PART.split(href.value, maxsplit=1)[0]
        if not self.masked.between(href.value_start, href.value_start + len(page)):
            return ""
        return self.masked.outside(href.value_start, href.value_start + len(page), characters.unescape)

    def _tag(self, element: Element, tags: TagAttribute | None, pattern: str) -> None:
        value = f"{link_tag.NAME}:{link_tag.encoded(pattern)};"
        if tags and tags.quote:
            self.edits.insert(tags.value_start, value)
        else:
            self.edits.insert(element.after_name, f' {_TAGS}="{value}"')
