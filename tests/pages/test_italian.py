"""Every page and state of the table in Italian: no text of ours is left in English."""

from __future__ import annotations

import html
import re

from functions.core.access.roles import Role
from functions.pages.table import PAGES
from functions.wiring import Container
from tests.support.console.browser import Browser
from tests.support.console.examples import EXAMPLES, prepare
from tests.support.console.people import signed_in

PATHS = [(page, example.path) for page in PAGES if page.method == "GET" for example in EXAMPLES[f"GET {page.path}"]]
# Words that most English sentences have, and no Italian one.
ENGLISH = re.compile(r"\b(the|and|of|with|not|for|from|was|were|this|that|they|are|is|has|its|by|your|any|been)\b")
# Code, what a person wrote, a mail, and a drawing, whose texts have tests of their own.
NOT_OURS = re.compile(r"<(script|style|pre|code|textarea|svg|iframe)\b.*?</\1>", re.DOTALL)
ATTRIBUTES = re.compile(r' (?:aria-label|placeholder|title|alt|data-\w+)="([^"]*)"')
WORDS_MIN = 3  # a shorter text may be a name that the two languages share


def texts(page: str) -> set[str]:
    """What a reader sees, what a screen reader reads out, and the texts for scripts."""
    ours = NOT_OURS.sub(" ", page)
    parts = [*re.split(r"<[^>]*>", ours), *ATTRIBUTES.findall(ours)]
    return {" ".join(html.unescape(text).split()) for text in parts}


def answers(container: Container, language: str) -> dict[str, str]:
    administrator, visitor = signed_in(Role.ADMINISTRATOR, f"{language}@example.com"), Browser(language=language)
    administrator.language = language
    sent = {path: (visitor if page.public else administrator).send("GET", path) for page, path in PATHS}
    return {
        path: answer.html
        for path, answer in sent.items()
        if answer.headers.get("content-type", "").startswith("text/html")
        and "sandbox" not in answer.headers["content-security-policy"]
    }


def test_no_text_of_a_page_is_left_in_english(aws: Container) -> None:
    prepare(aws)
    italian, english = answers(aws, "it"), answers(aws, "en")
    assert len(italian) > 100
    left = {
        (path, text)
        for path, page in italian.items()
        for text in texts(page) & texts(english[path])
        if ENGLISH.search(text) and len(re.findall(r"\w+", text)) >= WORDS_MIN
    }
    assert left == set()


def test_no_text_of_ours_is_marked_as_english(aws: Container) -> None:
    """Only words of others are: what a mail server answered, and what a person wrote."""
    prepare(aws)
    marked = {
        html.unescape(text)
        for page in answers(aws, "it").values()
        for text in re.findall(r'<(?:span|small|p|figure|div) [^>]*lang="en"[^>]*>([^<]*)', page)
    }
    assert marked <= {"", "wrong <prices>", "a <role>", "550 no such user", "410 Gone"}
