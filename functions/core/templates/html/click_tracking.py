"""Links that opt out of click tracking: `data-track="false"`, on an `<a>` or on an MJML element that becomes one. SES has an attribute for it."""

from __future__ import annotations

import re

from functions.core.templates.html.markup import attributes, spans

_SES = "ses:no-track"
_MARK = (
    "no-track"  # among the relations of a link: MJML's compiler hands these on, and no attribute that it does not know
)
_ASKED = re.compile(r"""\sdata-track\s*+=\s*+(?:"false"|'false'|false\b)""", re.IGNORECASE)
_RELATION = re.compile(r"""\srel\s*+=\s*+(["'])""", re.IGNORECASE)
_WRITTEN = re.compile(rf' (?:data-track="[^"]*"|{_SES}="")')  # as the inliner writes attributes
_MARKED = re.compile(rf' rel="(?:{_MARK}"|{_MARK} ([^"]*"))')


def marked(mjml: str) -> str:
    """MJML whose compiler keeps what its links ask for."""
    return "".join(
        _mark(mjml[span.start : span.end]) if span.name.startswith("mj-") else mjml[span.start : span.end]
        for span in spans(mjml)
    )


def _mark(tag: str) -> str:
    bare, count = _ASKED.subn("", tag)
    if not count:
        return tag
    with_others, others = _RELATION.subn(rf" rel=\1{_MARK} ", bare, count=1)
    return with_others if others else re.sub(r"^<[\w-]+", rf'\g<0> rel="{_MARK}"', bare)


def mark_untracked(html: str) -> str:
    """HTML as the inliner writes it, with SES's attribute on each link that asks for it."""
    written = []
    for span in spans(html):
        tag = html[span.start : span.end]
        opts_out = span.kind == "open" and span.name == "a" and _opts_out(attributes(html, span))
        written.append(_opted_out(tag) if opts_out else tag)
    return "".join(written)


def _opts_out(given: dict[str, str | None]) -> bool:
    return given.get("data-track", "") == "false" or _SES in given or _MARK in (given.get("rel") or "").split()


def _opted_out(tag: str) -> str:
    bare = _MARKED.sub(lambda found: f' rel="{found[1]}' if found[1] else "", _WRITTEN.sub("", tag))
    return f"<a {_SES}{bare[2:]}"
