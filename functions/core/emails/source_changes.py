"""The source of one language as an editor changes it → a merge patch of the email's document. What was not changed is not in the patch."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Any

from msgspec.structs import replace

from functions.core.emails.email import EmailDraft, TemplateSource, TemplateSyntax
from functions.core.errors import NotFound

_LINE_END = re.compile(r"\r\n?")
_FIELDS = {"text": "plainTextVersion", "preview": "previewText"}


def source_of(draft: EmailDraft, language: str) -> TemplateSource:
    """Returns the source in a language of the email. Raises NotFound."""
    if language in {"", draft.language}:
        return draft.source
    if language not in draft.variants:
        raise NotFound(f"the email has no {language!r}: it has {', '.join((draft.language, *draft.variants))}")
    return draft.variants[language]


def changes(draft: EmailDraft, language: str, edited: TemplateSource) -> dict[str, Any]:
    """Returns the merge patch. It is empty if nothing changed."""
    before = source_of(draft, language)
    edited = replace(edited, body=_as_lines_of(before.body, edited.body), text=_as_lines_of(before.text, edited.text))
    changed: dict[str, Any] = {
        name: getattr(edited, field) or None
        for field, name in _FIELDS.items()
        if getattr(before, field) != getattr(edited, field)
    }
    if (before.syntax, before.body) != (edited.syntax, edited.body):
        changed |= {str(syntax): edited.body if syntax is edited.syntax else None for syntax in TemplateSyntax}
    subject = {"subject": edited.subject} if before.subject != edited.subject else {}
    if language in {"", draft.language}:
        return {**subject, **({"content": changed} if changed else {})}
    changed |= subject
    return {"content": {"translations": {language: changed}}} if changed else {}


def _as_lines_of(before: str, after: str) -> str:
    """A browser's text has LF as line ends. A line that was there before gets its own again, and a new line those of the most lines."""
    after = after.replace("\r\n", "\n")
    if "\r" not in before:
        return after
    old = re.split(r"(?<=\n)|(?<=\r)(?!\n)", before)
    new = re.split(r"(?<=\n)", after)
    same = SequenceMatcher(None, [_LINE_END.sub("\n", line) for line in old], new, autojunk=False)
    usual = "\r\n" if before.count("\r\n") * 2 >= before.count("\n") else "\n"
    lines = list[str]()
    for kind, start, end, first, last in same.get_opcodes():
        lines += old[start:end] if kind == "equal" else [line.replace("\n", usual) for line in new[first:last]]
    return "".join(lines)
