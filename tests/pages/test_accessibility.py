"""Every page and state of the table in a real browser: axe-core finds nothing above minor, in light and dark, and a phone scrolls down only.

A page joins by its examples. The pages are rendered as the console answers, and their style sheet is put in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from functions.core.access.roles import Role
from functions.pages import static_files
from functions.pages.table import PAGES
from infra import node
from tests.support.aws.cloud import worker
from tests.support.console import browser as console
from tests.support.console.examples import EXAMPLES, prepare
from tests.support.console.people import signed_in, use_memory_directory
from tests.templates import browser as chromium

AXE = node.HERE / "browser" / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP, PHONE = 1200, 390
# How far the buttons of the title reach into the sentence below.
OVERLAP = (
    "(() => { const lead = document.querySelector('.head + .lead'), head = document.querySelector('.head');"
    " return lead ? Math.floor(head.getBoundingClientRect().bottom - lead.getBoundingClientRect().top) : 0; })()"
)
PATHS = [
    (page, example.path)
    for page in PAGES
    if page.method == "GET"
    for example in EXAMPLES[f"GET {page.path}"]
    if not page.path.startswith(static_files.PATH)
]

pytestmark = pytest.mark.skipif(not chromium.PROGRAM, reason="needs Chromium")


@pytest.fixture(scope="module")
def answers() -> Iterator[dict[str, console.Answer]]:
    """The pages as an administrator gets them, and a visitor the public ones."""
    with worker() as container:
        use_memory_directory()
        prepare(container)
        administrator, visitor = signed_in(Role.ADMINISTRATOR), console.Browser()
        yield {path: (visitor if page.public else administrator).send("GET", path) for page, path in PATHS}


@pytest.fixture(scope="module")
def screen() -> Iterator[chromium.Browser]:
    with chromium.browser() as opened:
        yield opened


def document(answer: console.Answer) -> str:
    """The page with its style sheet, and without what a document without an address cannot load."""
    text = re.sub(r"<script src=[^>]*></script>|<link rel=\"icon\"[^>]*>|<iframe.*?</iframe>", "", answer.html)
    style = f"<style>{static_files.text('style.css')}</style>"
    return re.sub(r"<link rel=\"stylesheet\"[^>]*>", lambda _: style, text)


def findings(screen: chromium.Browser) -> list[str]:
    screen.run(AXE.read_text("utf-8") + "; undefined")
    result: dict[str, Any] = screen.run(
        "axe.run(document, {resultTypes: ['violations']}).then(r => ({violations: r.violations.map("
        "v => [v.impact, v.id, v.nodes.slice(0, 3).map(n => n.html).join(' | ')])}))"
    )
    return [" ".join(violation) for violation in result["violations"] if violation[0] != "minor"]


@pytest.mark.parametrize("path", [path for _, path in PATHS])
def test_a_page_has_no_finding_above_minor(
    answers: dict[str, console.Answer], screen: chromium.Browser, path: str
) -> None:
    answer = answers[path]
    is_page = answer.headers.get("content-type", "").startswith("text/html")
    if not is_page or "sandbox" in answer.headers["content-security-policy"]:
        pytest.skip("a mail, data for a script, or the way to another page")
    assert answer.status < 500
    for dark in (False, True):
        screen.show(document(answer), width=DESKTOP, dark=dark)
        assert findings(screen) == []
    screen.show(document(answer), width=PHONE, dark=False)
    assert screen.run("document.scrollingElement.scrollWidth") <= PHONE
    assert screen.run(OVERLAP) <= 0
