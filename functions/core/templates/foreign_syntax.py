"""Other template languages, by their tags: an error or a warning then names the language, and the tag to write here."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HANDLEBARS = "{{#if x}} → {% if x %}, {{else}} → {% else %}, {{#each xs}} → {% for x in xs %}"
_MUSTACHE = "{{#x}} → {% if x %} or {% for item in x %}, {{{ x }}} → {{ x | safe }}"
_LIQUID = '{{ x | date: "%Y" }} → {{ x | format_date("yyyy") }}, {% elsif x %} → {% elif x %}'
# In delimiters of HubL: they are errors.
_TAGS = (
    (r"\{\{~?\s*[#/]?\s*each\b", "Handlebars or Mustachio", _HANDLEBARS),
    (r"\{\{\{?~?\s*[#/^]\s*(?:if|unless|with)\b|\{\{~?\s*else\b|\{\{~|~\}\}", "Handlebars", _HANDLEBARS),
    (r"\{\{\s*!(?:--|\s)", "Handlebars or Mustache", "{{! a comment }} → {# a comment #}"),
    (r"\{\{\s*(?:@\w|\.\./|this\b)", "Handlebars", "{{this}} → {{ item }} in {% for item in xs %}"),
    (r"\{\{\s*[#^/>&]|\{\{\{|\{\{\s*\.\s*\}\}", "Mustache or Mustachio", _MUSTACHE),
    (r"\{\{[^{}]*\|\s*\w+\s*:|\{%\s*for\b[^%]*\b(?:limit|offset)\s*:", "Liquid", _LIQUID),
)
# In other delimiters: they would reach the recipient as text.
_TEXTS = (
    (r"<%[=#@-]?", "ERB or EJS", "<%= x %> → {{ x }}, <% if x %> → {% if x %}"),
    (r"\*\|[A-Z][A-Z0-9_:]*\|\*", "Mailchimp", "*|NAME|* → {{ custom.name }}"),
    (r"%recipient\.\w+%", "Mailgun", "%recipient.name% → {{ custom.name }}"),
    (r"<#(?:if|list|assign)\b|\$\{[A-Za-z_][\w.]*\}", "FreeMarker", "${x} → {{ x }}, <#if x> → {% if x %}"),
    (r"\[%-?\s*\w[^%\]]*%\]", "Template Toolkit", "[% x %] → {{ x }}, [% IF x %] → {% if x %}"),
)
_TAG_MAX = 40  # characters behind an error that show its tag
_LANGUAGES = [(re.compile(pattern), name, advice) for pattern, name, advice in _TAGS]
_LITERAL = [(re.compile(pattern), name, advice) for pattern, name, advice in _TEXTS]


def _hint(name: str, advice: str) -> str:
    return f"this is {name}, not HubL: {advice}"


def hint(part: str) -> str:
    """Returns the language that a part of a text is written in and what to write instead, or an empty text."""
    return next((_hint(name, advice) for pattern, name, advice in _LANGUAGES if pattern.search(part)), "")


def hint_at(text: str, at: int) -> str:
    """Returns the hint for the tag that has this offset, or begins there."""
    start = max(text.rfind("{{", 0, at + 2), text.rfind("{%", 0, at + 2), 0)
    if text[start - 1 : start] == "{":
        start -= 1
    end = text.find("}}", at)
    return hint(text[start : min(end + 2 if end >= 0 else len(text), at + _TAG_MAX)])


def literal(text: str) -> Iterator[tuple[int, str]]:
    """Yields the first tag of each language whose tags are text here, by its offset, with its hint."""
    for pattern, name, advice in _LITERAL:
        if match := pattern.search(text):
            yield match.start(), _hint(name, advice)
