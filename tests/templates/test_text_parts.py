"""The text part of ten mails, compared with those of html-to-text, html2text and inscriptis.

`python -m tests.templates.test_text_parts` prints all four, to look at.
"""

from __future__ import annotations

import re
import tempfile
from functools import cache
from pathlib import Path

import html2text
import pytest
from inscriptis import get_text
from msgspec.structs import replace

from functions.core.emails.email import EmailBody, TemplateSource, TemplateSyntax
from functions.core.templates import rendering
from functions.core.templates.rendering import Rendered
from functions.core.templates.translation import translated
from tests.fakes.emails import MemoryEmails
from tests.templates import npm
from tests.templates.gallery import publish
from tests.templates.text_mails import CUSTOM, MAILS


@cache
def rendered(name: str) -> Rendered:
    source = TemplateSource(subject="Mail", body=MAILS[name].html, syntax=TemplateSyntax.HTML)
    content = translated(source, lambda _: None).content
    revision = replace(
        publish("welcome", MemoryEmails()).revision, content=EmailBody("Mail", content.html, content.text), variants={}
    )
    return rendering.render(rendering.compiled(revision), {}, CUSTOM, now=0)


def lacks(text: str, name: str) -> list[str]:
    """Returns which lines a text lacks in their order, and what it should not have. White space within a line does not count."""
    lines = [re.sub(r"(?<=\S)\s+", " ", line.replace("\N{NO-BREAK SPACE}", " ").rstrip()) for line in text.splitlines()]
    missing, at = list[str](), 0
    for expected in MAILS[name].lines:
        try:
            at = next(number for number in range(at, len(lines)) if _shows(lines[number], expected)) + 1
        except StopIteration:
            missing.append(expected)
    return [*missing, *(f"not {one!r}" for one in MAILS[name].absent if one in text)]


def _shows(line: str, expected: str) -> bool:
    return line == expected if expected.startswith(" ") else line.strip() == expected


def lacks_in_any_style(text: str, name: str) -> list[str]:
    """Returns the same for another library's text: its capitals, bullets, brackets, indents and Markdown do not count."""
    plain, expected = MAILS[name].lines, list[str]()
    lines = [_without_style(line) for line in text.splitlines()]
    at = 0
    for one in plain:
        try:
            at = lines.index(_without_style(one), at) + 1
        except ValueError:
            expected.append(one)
    return [*expected, *(f"not {one!r}" for one in MAILS[name].absent if one.isalpha() and one in text)]


def _without_style(line: str) -> str:
    line = re.sub(r"\[([^\]]*)\]\(", r"\1 (", line).translate(str.maketrans("[]|", "() "))
    return " ".join(re.sub(r"[*`#>+]|(?<!\S)-(?=\s)", " ", line).casefold().split())


def of_html2text(html: str) -> str:
    reader = html2text.HTML2Text()
    reader.body_width = 0
    return str(reader.handle(html))


def of_html_to_text(folder: Path) -> dict[str, str]:
    return npm.run("text.mjs", {name: rendered(name).html for name in MAILS}, folder)


@pytest.mark.parametrize("name", MAILS)
def test_a_person_finds_each_line(name: str) -> None:
    assert lacks(rendered(name).text, name) == []


@pytest.mark.parametrize("name", MAILS)
def test_no_words_run_together(name: str) -> None:
    words = set(re.findall(r"[^\s()]+", rendered(name).text))
    expected = {word for line in MAILS[name].lines for word in re.findall(r"[^\s()]+", line)}
    assert words - expected <= {"---", ">"}


def test_two_libraries_show_less_of_them() -> None:
    for library in (of_html2text, get_text):
        assert len([name for name in MAILS if lacks_in_any_style(library(rendered(name).html), name)]) >= 5


def test_npms_html_to_text_shows_less_of_them(tmp_path: Path) -> None:
    texts = of_html_to_text(tmp_path)
    assert len([name for name in MAILS if lacks_in_any_style(texts[name], name)]) >= 5


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        theirs = of_html_to_text(Path(folder))
    for each in MAILS:
        html = rendered(each).html
        texts = {"ours": rendered(each).text, "html-to-text": theirs[each], "html2text": of_html2text(html), "inscriptis": get_text(html)}  # fmt: skip
        for library, text in texts.items():
            print(f"======== {each}, {library}: lacks {lacks_in_any_style(text, each)}\n{text.strip()}\n")  # noqa: T201 - for a person
