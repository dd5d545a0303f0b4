"""Links that opt out of click tracking: `data-track="false"`, on an `<a>` or on an MJML element that compiles to one. SES's own attribute replaces it."""

from __future__ import annotations

import html as characters
import re
from collections import Counter
from collections.abc import Callable

from functions.core import link_tag
from functions.core.templates.html.markup import MarkupSpan, attributes, spans

_SES = "ses:no-track"
_MARK = "no-track"  # among the relations of a link: MJML's compiler copies them, but drops unknown attributes
_OPT_OUT = re.compile(r"""\sdata-track\s*+=\s*+(?:"false"|'false'|false\b)""", re.IGNORECASE)
_RELATION = re.compile(r"""\srel\s*+=\s*+(["'])""", re.IGNORECASE)
_LINK = re.compile(r"""<a(?=\s)(?:[^<>"']|"[^"]*+"|'[^']*+')*+>""", re.IGNORECASE)
_PERSONAL_PART = re.compile(r"[?#]")  # statistics name a link without its query and its fragment
_TAGS = re.compile(r"""\s(ses:tags=)(["'])""")
_WRITTEN = re.compile(rf' (?:data-track="[^"]*"|{_SES}="")')  # in the form that the inliner writes
_MARKED = re.compile(rf' rel="(?:{_MARK}"|{_MARK} ([^"]*"))')


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


def mark_untracked(html: str) -> str:
    """Returns the inliner's HTML with SES's attribute on each link that opts out."""
    written = []
    for span in spans(html):
        tag = html[span.start : span.end]
        opts_out = span.kind == "open" and span.name == "a" and _opts_out(attributes(html, span))
        written.append(_opted_out(tag) if opts_out else tag)
    return "".join(written)


def _opts_out(attributes: dict[str, str | None]) -> bool:
    return (
        attributes.get("data-track", "") == "false"
        or _SES in attributes
        or _MARK in (attributes.get("rel") or "").split()
    )


def _opted_out(tag: str) -> str:
    bare = _MARKED.sub(lambda match: f' rel="{match[1]}' if match[1] else "", _WRITTEN.sub("", tag))
    return f"<a {_SES}{bare[2:]}"


def with_own_links_untracked(html: str, secret: str) -> str:
    """Returns rendered HTML where SES does not track a link that has the secret: SES would report the secret back with each click."""
    start = f"<a {_SES}"

    def untracked(link: re.Match[str]) -> str:
        return link[0] if secret not in link[0] or link[0].startswith(start) else start + link[0][2:]

    return _LINK.sub(untracked, html)


def with_link_patterns(html: str, is_personal: Callable[[str], bool], restored: Callable[[str], str]) -> str:
    """Returns HTML as the inliner writes it, where each tracked link to a page that differs by recipient has its pattern as a tag.
    `is_personal` finds the masked pieces of Jinja2 in a text, and `restored` unmasks them. A pattern at several places is numbered.
    """
    written, places = [], Counter[str]()
    for span in spans(html):
        tag = html[span.start : span.end]
        page = _page(html, span)
        if page and is_personal(page):
            pattern = restored(characters.unescape(page))
            places[pattern] += 1
            tag = _tagged(tag, pattern if places[pattern] == 1 else f"{pattern} ({places[pattern]})")
        written.append(tag)
    return "".join(written)


def _page(html: str, span: MarkupSpan) -> str:
    if span.kind != "open" or span.name != "a":
        return ""
    link = attributes(html, span)
    return "" if _SES in link else _PERSONAL_PART.split(link.get("href") or "", maxsplit=1)[0]


def _tagged(tag: str, pattern: str) -> str:
    value = f"{link_tag.NAME}:{link_tag.encoded(pattern)};"
    with_others, others = _TAGS.subn(rf" \1\2{value}", tag, count=1)
    return with_others if others else f'{tag[:2]} ses:tags="{value}"{tag[2:]}'
