"""The corpus: each mail compiled and rendered as its golden file has it, and in Chromium the picture of its source.

`python -m tests.templates.test_corpus` writes the golden files. Read their differences before a commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from msgspec.structs import replace

from functions.core.emails.email import EmailBody, Revision, TemplateSource
from functions.core.templates import rendering
from functions.core.templates.rendering import Rendered
from functions.core.templates.translation import Translation, translated
from tests.fakes.emails import MemoryEmails
from tests.templates.browser import PROGRAM, Browser, browser
from tests.templates.corpus import CUSTOM, HTML, SOURCES, TEXTS
from tests.templates.gallery import publish

GOLDEN = Path(__file__).parent / "corpus"
WIDTHS = (600, 375)


@cache
def compiled(name: str) -> Translation:
    return translated(TemplateSource(subject="Mail", body=TEXTS[name], syntax=SOURCES[name]), lambda _: None)


@cache
def published() -> Revision:
    return publish("welcome", MemoryEmails()).revision


def rendered(html: str, text: str = "") -> Rendered:
    content = rendering.compiled(replace(published(), content=EmailBody("Mail", html, text), variants={}))
    return rendering.render(content, {}, CUSTOM, now=0)


def golden(name: str) -> str:
    content = compiled(name).content
    mail = rendered(content.html, content.text)
    warnings = [f"{one.line}:{one.column} {one.code} {one.message}" for one in compiled(name).warnings]
    parts = {
        "compiled": content.html,
        "rendered": mail.html,
        "text template": content.text,
        "text": mail.text,
        "warnings": "\n".join(warnings),
    }
    return "".join(f"======== {title}\n{part}\n" for title, part in parts.items())


@pytest.mark.parametrize("name", SOURCES)
def test_compiles_and_renders_as_its_golden_file(name: str) -> None:
    assert golden(name) == (GOLDEN / f"{name}.txt").read_text("utf-8")


def test_is_large_enough() -> None:
    assert len(HTML) >= 40


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.mark.skipif(not PROGRAM, reason="takes pictures with Chromium, which is not installed")
@pytest.mark.parametrize("name", HTML)
def test_looks_as_its_source(name: str, chromium: Browser) -> None:
    """On a desk and a phone, in light and in dark, to the pixel. In dark, Chromium shows only what has a colour scheme in another way."""
    mails = [rendered(html).html for html in (HTML[name], compiled(name).content.html)]
    schemes = (False, True) if any("color-scheme" in mail for mail in mails) else (False,)
    for width, dark in product(WIDTHS, schemes):
        pictures = []
        for mail in mails:
            chromium.show(mail, width=width, dark=dark)
            pictures.append(chromium.picture())
        assert pictures[0] == pictures[1], (width, dark)


if __name__ == "__main__":
    for each in SOURCES:
        (GOLDEN / f"{each}.txt").write_text(golden(each), "utf-8")
