"""Links that opt out of click tracking: `data-track="false"`, on an `<a>` or on an MJML element that compiles to one. SES's own attribute replaces it."""

from __future__ import annotations

import re

from functions.core.templates.html.markup import attributes, spans

_SES = "ses:no-track"
_MARK = "no-track"  # among the relations of a link: MJML's compiler copies them, but drops unknown attributes
_OPT_OUT = re.compile(r"""\sdata-track\s*+=\s*+(?:"false"|'false'|false\b)""", re.IGNORECASE)
_RELATION = re.compile(r"""\srel\s*+=\s*+(["'])""", re.IGNORECASE)
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
