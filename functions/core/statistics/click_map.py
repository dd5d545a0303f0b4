"""The click map: the mail as it looks, with the clicks of each link written on it."""

from __future__ import annotations

import html as characters
import re
from collections.abc import Callable, Mapping

from functions.core import link_tag
from functions.core.statistics import links
from functions.core.templates.markup import MarkupSpan, attributes, spans

_TAG = re.compile(rf"{link_tag.NAME}:([\w-]+)")
_STYLE = (
    "display:inline-block;margin:0 4px;padding:1px 6px;border-radius:9px;background:#a8431f;color:#fff;"
    "font:bold 12px/16px sans-serif;text-decoration:none;vertical-align:middle"
)


def by_link(counted: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Returns the counters of each link, the most clicked first."""
    read: dict[str, dict[str, int]] = {}
    for name, count in counted.items():
        counter, _, link = name.partition(" ")
        read.setdefault(link, dict.fromkeys(links.NAMES, 0))[counter] = count
    return dict(sorted(read.items(), key=lambda pair: (-pair[1]["click"], -pair[1]["clicks"], pair[0])))


def drawn(html: str, label: Callable[[str], str]) -> str:
    """Returns the HTML with a badge in each link to a page. `label` returns the badge's text for a link as the counters name it; an empty
    text draws none.
    """
    written, at = [], 0
    for span in spans(html):
        if span.kind == "open" and span.name == "a" and (text := _label(html, span, label)):
            written += [html[at : span.end], f'<span style="{_STYLE}">{characters.escape(text)}</span>']
            at = span.end
    return "".join([*written, html[at:]])


def _label(html: str, span: MarkupSpan, label: Callable[[str], str]) -> str:
    link = _counted_as(attributes(html, span))
    return label(link) if link else ""


def _counted_as(named: Mapping[str, str | None]) -> str:
    """Returns the link as the counters name it: its pattern in the template if its page differs by recipient, or its page."""
    if tag := _TAG.search(named.get("ses:tags") or ""):
        return link_tag.pattern_of({link_tag.NAME: [tag[1]]})
    href = characters.unescape(named.get("href") or "")
    return links.plain(href) if href.lower().startswith(("http:", "https:")) else ""
