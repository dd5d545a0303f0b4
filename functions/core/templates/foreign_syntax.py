"""Other template languages, by their tags: an error then names the language, and the tag to write here."""

from __future__ import annotations

import re

_TAGS = (
    (
        r"\{\{\{?\s*[#/^]\s*(?:if|unless|each|with)\b|\{\{\s*else\b",
        "Handlebars",
        "{{#if x}} is {% if x %} here, {{#each xs}} is {% for x in xs %}",
    ),
    (
        r"\{\{\s*[#^/>]|\{\{\{",
        "Mustache or Mustachio",
        "{{#x}} is {% if x %} or {% for item in x %} here, {{{ x }}} is {{ x | safe }}",
    ),
    (r"<%[=#-]?", "ERB or EJS", "<%= x %> is {{ x }} here, <% if x %> is {% if x %}"),
)
_TAG_MAX = 40  # characters behind an error that show its tag
_LANGUAGES = [(re.compile(pattern), name, advice) for pattern, name, advice in _TAGS]


def hint(part: str) -> str:
    """Returns the language that a part of a text is written in and what to write instead, or an empty text."""
    return next((f"this is {name}: {advice}" for pattern, name, advice in _LANGUAGES if pattern.search(part)), "")


def hint_at(text: str, at: int) -> str:
    """Returns the hint for the tag that has this offset, or begins there."""
    start = max(text.rfind("{{", 0, at + 2), text.rfind("{%", 0, at + 2), 0)
    if text[start - 1 : start] == "{":
        start -= 1
    return hint(text[start : at + _TAG_MAX])
