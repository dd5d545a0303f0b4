"""Links that a mail does not have: unsubscribe links of transactional emails, and the link to a web version if no content is stored.
HubSpot requires an unsubscribe link in each coded template, and takes it out of transactional mail.

A link that an element's `href` names is cut at publish, with the element, so the text part lacks it too. A link behind a variable or a
condition is found only after rendering.
"""

from __future__ import annotations

import re
from collections import defaultdict

from functions.core.sending import web_version
from functions.core.templates.markup import LINK, MarkupSpan, attributes, spans
from functions.core.templates.source_map import MappedText

UNSUBSCRIBE_LINKS = ("unsubscribe_link", "unsubscribe_link_all")  # variables of the template, by HubSpot's names
_HREF = re.compile(rf"\s*\{{\{{-?\s*(?:{'|'.join(UNSUBSCRIBE_LINKS)})\b")
_LINK_END = re.compile(r"</a\s*>", re.IGNORECASE)


class _RemovedLink(str):
    """The value of a removed link. It is false, for templates with a condition."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


_REMOVED = _RemovedLink("staffetta-removed-link")
VARIABLES = dict.fromkeys(UNSUBSCRIBE_LINKS, _REMOVED)
WEB_VERSION_VARIABLES = {web_version.VARIABLE: _REMOVED}


def without_links(source: MappedText) -> MappedText:
    """Returns HTML or MJML without the elements whose `href` is an unsubscribe link."""
    pieces, at = list[MappedText](), 0
    elements = [span for span in spans(source.text) if span.kind in {"open", "empty", "close"}]
    ends = _ends(elements)
    for element in elements:
        end = ends.get(element.start)
        if end and element.start >= at and _HREF.match(_href(source.text, element)):
            pieces.append(source.cut(at, element.start))
            at = end
    return MappedText.joined([*pieces, source.cut(at, len(source.text))]) if at else source


def _href(text: str, element: MarkupSpan) -> str:
    return attributes(text, element).get("href") or ""


def _ends(tags: list[MarkupSpan]) -> dict[int, int]:
    """Returns the ends of the elements by their starts. An element that nothing closes has none."""
    ends: dict[int, int] = {}
    opened: defaultdict[str, list[int]] = defaultdict(list)
    for tag in tags:
        if tag.kind == "empty":
            ends[tag.start] = tag.end
        elif tag.kind == "open":
            opened[tag.name].append(tag.start)
        elif opened[tag.name]:
            ends[opened[tag.name].pop()] = tag.end
    return ends


def without_rendered_links(html: str) -> str:
    """Returns rendered HTML without the `<a>` elements that have a removed link."""
    if _REMOVED not in html:
        return html
    pieces, at = [], 0
    for link in LINK.finditer(html):
        if link.start() < at or not link["end"] or _REMOVED not in link[0]:
            continue
        end = _LINK_END.search(html, link.end())
        if end is None:
            break
        pieces.append(html[at : link.start()])
        at = end.end()
    return without_values("".join([*pieces, html[at:]]))


def without_values(text: str) -> str:
    """Returns a rendered text without the values of removed links. A text part has an address in parentheses after its words."""
    return text.replace(f" ({_REMOVED})", "").replace(_REMOVED, "") if _REMOVED in text else text
