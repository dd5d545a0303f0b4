"""Other template languages, by their tags: an error or a warning then names the language, and the tag to write here."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HANDLEBARS = "{{#if x}} is {% if x %} here, {{else}} is {% else %}, {{#each xs}} is {% for x in xs %}"
_MUSTACHE = "{{#x}} is {% if x %} or {% for item in x %} here, {{{ x }}} is {{ x | safe }}"
_LIQUID = '{{ x | date: "%Y" }} is {{ x | format_date("yyyy") }} here, {% elsif x %} is {% elif x %}'
# In delimiters of HubL: they are errors.
_TAGS = (
    (r"\{\{~?\s*[#/]?\s*each\b", "Handlebars or Mustachio", _HANDLEBARS),
    (r"\{\{\{?~?\s*[#/^]\s*(?:if|unless|with)\b|\{\{~?\s*else\b|\{\{~|~\}\}", "Handlebars", _HANDLEBARS),
    (r"\{\{\s*!(?:--|\s)", "Handlebars or Mustache", "{{! a comment }} is {# a comment #} here"),
    (r"\{\{\s*(?:@\w|\.\./|this\b)", "Handlebars", "{{this}} is {{ item }} in {% for item in xs %} here"),
    (r"\{\{\s*[#^/>&]|\{\{\{|\{\{\s*\.\s*\}\}", "Mustache or Mustachio", _MUSTACHE),
    (r"\{\{[^{}]*\|\s*\w+\s*:|\{%\s*for\b[^%]*\b(?:limit|offset)\s*:", "Liquid", _LIQUID),
)
# In other delimiters: they would reach the recipient as text.
_TEXTS = (
    (r"<%[=#@-]?", "ERB or EJS", "<%= x %> is {{ x }} here, <% if x %> is {% if x %}"),
    (r"\*\|[A-Z][A-Z0-9_:]*\|\*", "Mailchimp", "*|NAME|* is {{ custom.name }} here"),
    (r"%recipient\.\w+%", "Mailgun", "%recipient.name% is {{ custom.name }} here"),
    (r"<#(?:if|list|assign)\b|\$\{[A-Za-z_][\w.]*\}", "FreeMarker", "${x} is {{ x }} here, <#if x> is {% if x %}"),
    (r"\[%-?\s*\w[^%\]]*%\]", "Template Toolkit", "[% x %] is {{ x }} here, [% IF x %] is {% if x %}"),
)
_TAG_MAX = 40  # characters behind an error that show its tag
_LANGUAGES = [(re.compile(pattern), name, advice) for pattern, name, advice in _TAGS]
_LITERAL = [(re.compile(pattern), name, advice) for pattern, name, advice in _TEXTS]


def hint(part: str) -> str:
    """Returns the language that a part of a text is written in and what to write instead, or an empty text."""
    return next((f"this is {name}: {advice}" for pattern, name, advice in _LANGUAGES if pattern.search(part)), "")


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
            yield match.start(), f"this is {name}: {advice}"
