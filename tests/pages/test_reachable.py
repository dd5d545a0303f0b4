"""Every page can be reached from the first one by links, forms and frames: a person needs no address."""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Iterator

import pytest

from functions.core.access.roles import Role
from functions.pages import static_files
from functions.pages.table import PAGES
from tests.support.aws.cloud import worker
from tests.support.console.browser import Browser
from tests.support.console.examples import prepare
from tests.support.console.people import signed_in, use_memory_directory

FORBIDDEN = 403
VISITS_MAX = 8  # of one page, with other parameters
PRIVATE = [page for page in PAGES if not page.public and not page.path.startswith(static_files.PATH)]
PATTERNS = {page.path: re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(page.path)) + "/?") for page in PRIVATE}
# A form's answer, another state of the object, or a script leads there.
LATER = {
    "/console/automations/{automationId}/resume": "of a paused automation",
    "/console/emails/{emailId}": "the short address of an email, which leads to its tabs",
    "/console/emails/{emailId}/restore-archived": "of an archived email, which a search by state finds",
    "/console/images/list": "the visual view's script",
    "/console/images/upload": "the visual view's script",
    "/console/imports/columns": "the answer to the upload of a file",
    "/console/uploads": "the script of a large file",
    "/console/you/second-factor/confirm": "after the password",
    "/console/you/second-factor/remove": "of a person who has a second factor",
}
ENDS_THE_SESSION = {"/console/sign-out"}


@pytest.fixture(scope="module", autouse=True)
def stage() -> Iterator[None]:
    with worker() as container:
        use_memory_directory()
        prepare(container)
        yield


@pytest.fixture(scope="module")
def reached(stage: None) -> set[str]:
    return crawl(signed_in(Role.ADMINISTRATOR), [])


@pytest.mark.parametrize("path", sorted(PATTERNS.keys() - LATER.keys()))
def test_a_page_is_reached_from_the_first_one(reached: set[str], path: str) -> None:
    assert path in reached


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_no_link_leads_where_a_role_may_not_go(role: Role) -> None:
    forbidden: list[str] = []
    crawl(signed_in(role), forbidden)
    assert forbidden == []


def crawl(browser: Browser, forbidden: list[str]) -> set[str]:
    """Returns the paths of the table to which any page leads. Adds the addresses that the browser's role may not open."""
    visits: dict[str, int] = {}
    reached: set[str] = set()
    waiting, queued = deque(["/console"]), {"/console"}
    while waiting:
        url = waiting.popleft()
        page = page_of(url)
        if page is None:
            continue
        reached.add(page)
        visits[page] = visits.get(page, 0) + 1
        if visits[page] > VISITS_MAX or page in ENDS_THE_SESSION:
            continue
        answer = browser.get(url)
        if answer.status == FORBIDDEN:
            forbidden.append(url)
        if answer.status >= 400 or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        for target in targets(answer.html, answer.path):
            if target not in queued:
                queued.add(target)
                waiting.append(target)
    return reached


def page_of(url: str) -> str | None:
    """Returns the path of the table. One without a parameter comes first."""
    path = url.partition("?")[0]
    matches = [name for name, pattern in PATTERNS.items() if pattern.fullmatch(path)]
    return min(matches, key=lambda name: name.count("{"), default=None)


def targets(text: str, path: str) -> list[str]:
    """Returns every address of the console in a page, in links, forms, frames and what its scripts read."""
    addresses = re.findall(r"[\"'](/console[^\"'#\s]*)", html.unescape(text))
    return [*addresses, *(path + query for query in re.findall(r'href="(\?[^"]*)"', text))]
