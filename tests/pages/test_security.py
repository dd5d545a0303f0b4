"""What holds for every page of the table, without a line in the page: sessions, scopes, forged forms, scripts in fields, framing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest

from functions import wiring
from functions.core.access.roles import SCOPES_OF, Role
from functions.pages.page import Page
from functions.pages.table import PAGES
from functions.wiring import Container
from tests.support.aws.cloud import worker
from tests.support.console.browser import Answer, Browser
from tests.support.console.example import Example
from tests.support.console.examples import EXAMPLES, prepare
from tests.support.console.people import signed_in, use_memory_directory

TEMPLATES = Path(__file__).parents[2] / "templates" / "pages"
SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7007*7 }}"


def key(page: Page) -> str:
    return f"{page.method} {page.path}"


CASES = [(page, example) for page in PAGES for example in EXAMPLES.get(key(page), ())]
each_page = pytest.mark.parametrize(("page", "example"), CASES, ids=lambda case: getattr(case, "path", None))
private = pytest.mark.parametrize(
    ("page", "example"), [case for case in CASES if not case[0].public], ids=lambda case: getattr(case, "path", None)
)
forms = pytest.mark.parametrize(
    ("page", "example"),
    [case for case in CASES if case[0].method == "POST"],
    ids=lambda case: getattr(case, "path", None),
)


@pytest.fixture(scope="module")
def aws() -> Iterator[Container]:
    with worker() as container:
        use_memory_directory()
        prepare(container)
        yield container


@pytest.fixture(scope="module")
def people(aws: Container) -> dict[Role, Browser]:
    return {role: signed_in(role) for role in Role}


def visit(browser: Browser, page: Page, example: Example, csrf: str | None = None) -> Answer:
    if page.method == "GET":
        return browser.send("GET", example.path)
    return browser.post(example.path, **example.fields, **({} if csrf is None else {"csrf": csrf}))


def of_role(people: dict[Role, Browser], role: Role) -> Browser:
    """Returns a copy: a page that ends the session ends it for this test only, if it has a session of its own."""
    return Browser(dict(people[role].cookies))


def test_every_page_has_an_example() -> None:
    assert {key(page) for page in PAGES} == EXAMPLES.keys()


@private
def test_without_a_session_every_page_leads_to_the_sign_in(aws: Container, page: Page, example: Example) -> None:
    answer = visit(Browser(), page, example, csrf="")
    assert (answer.status, answer.headers["location"].partition("?")[0]) == (303, "/console/sign-in")


@private
@pytest.mark.parametrize("role", Role)
def test_a_role_opens_only_the_pages_of_its_scopes(
    people: dict[Role, Browser], page: Page, example: Example, role: Role
) -> None:
    may = not page.scopes or not set(page.scopes).isdisjoint(SCOPES_OF[role])
    answer = visit(of_role(people, role), page, example, csrf="")
    assert (answer.status == 403) == (not may or page.method == "POST"), "a form without a token is refused too"


@forms
@pytest.mark.parametrize("token", [None, "", "0" * 64, "other"])
def test_a_form_without_its_token_changes_nothing(
    people: dict[Role, Browser], page: Page, example: Example, token: str | None
) -> None:
    csrf = people[Role.VIEWER].get("/console").csrf if token == "other" else token
    assert visit(of_role(people, Role.ADMINISTRATOR), page, example, csrf=csrf).status == 403


@forms
def test_a_form_of_another_site_changes_nothing(people: dict[Role, Browser], page: Page, example: Example) -> None:
    browser = of_role(people, Role.ADMINISTRATOR)
    token = browser.get("/console").csrf
    body = "&".join([f"csrf={token}", *(f"{name}={value}" for name, value in example.fields.items())])
    assert browser.send("POST", example.path, body, sec_fetch_site="cross-site").status == 403


@pytest.fixture(scope="module")
def revoked(aws: Container) -> tuple[Browser, str]:
    """An administrator whose sessions were ended, and the token of the forms that were open."""
    browser = signed_in(Role.ADMINISTRATOR, "gone@example.com")
    token = browser.get("/console").csrf
    wiring.get(wiring.access.sign_in).end_all("gone@example.com")
    return browser, token


@private
def test_a_revoked_session_opens_no_page(revoked: tuple[Browser, str], page: Page, example: Example) -> None:
    browser, token = revoked
    answer = visit(Browser(dict(browser.cookies)), page, example, csrf=token)
    assert (answer.status, answer.headers["location"].partition("?")[0]) == (303, "/console/sign-in")


@each_page
def test_every_answer_has_the_policy_of_the_browser(people: dict[Role, Browser], page: Page, example: Example) -> None:
    headers = visit(of_role(people, Role.ADMINISTRATOR), page, example, csrf="").headers
    if "location" in headers:
        return
    policy = headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy or "sandbox" in policy, "only a mail's own frame has inline styles"
    if headers["content-type"].startswith("text/html"):
        assert "frame-ancestors 'none'" in policy or "sandbox" in policy
        assert headers["cache-control"] == "no-store"


@forms
def test_a_script_in_a_field_stays_text(people: dict[Role, Browser], page: Page, example: Example) -> None:
    """Neither the answer nor the page where it leads has what was entered as HTML."""
    email = f"script-{CASES.index((page, example))}@example.com"
    browser = Browser() if page.public else signed_in(Role.ADMINISTRATOR, email)
    token = browser.get("/console/sign-in" if page.public else "/console").csrf
    answer = browser.post(example.path, csrf=token, **dict.fromkeys(example.fields, SCRIPT))
    assert answer.status < 500
    if "location" in answer.headers:
        answer = browser.get(answer.headers["location"])
    assert "<script>alert" not in answer.html
    assert "<img src=x" not in answer.html
    assert "49049" not in answer.text or "{{ 7007*7 }}" in answer.text


class Inline(HTMLParser):
    """Collects what the policy forbids: inline scripts, styles and handlers."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attributes}
        if tag == "style" or (tag == "script" and "src" not in names):
            self.problems.append(f"<{tag}>")
        self.problems += [name for name in names if name == "style" or re.match(r"on|hx-on", name)]
        self.problems += [value for value in names.values() if re.match(r"\s*(javascript|js):", value)]


@each_page
def test_no_page_has_inline_scripts_or_styles(people: dict[Role, Browser], page: Page, example: Example) -> None:
    answer = visit(of_role(people, Role.ADMINISTRATOR), page, example, csrf="")
    if "sandbox" in answer.headers.get("content-security-policy", ""):
        return
    inline = Inline()
    if answer.headers.get("content-type", "").startswith("text/html"):
        inline.feed(answer.html)
    assert inline.problems == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_switches_escaping_off(path: Path) -> None:
    assert not re.search(r"\|\s*safe\b|autoescape", path.read_text("utf-8"))


LONG, ODD = "x" * 70_000, "²"


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/console/you", {"zone": "Mars/Base"}),
        ("/console/you", {"zone": ODD}),
        ("/console/lists/1?after=²", None),
        ("/console/imports/columns?file=" + LONG, None),
        ("/console/imports/columns", {"file": LONG}),
        ("/console/emails/4201/draft", {"tab": LONG}),
        ("/console/users/role", {"role": "viewer"}),
        ("/console/users/remove", {"email": LONG}),
        (f"/console/broadcasts/{quote('😀' * 399)}/cancel", {}),
        ("/console/broadcasts/" + "x" * 401, None),
    ],
    ids=lambda case: str(case)[:30],
)
def test_a_value_that_names_nothing_is_no_failure(
    people: dict[Role, Browser], path: str, fields: dict[str, str] | None
) -> None:
    browser = of_role(people, Role.ADMINISTRATOR)
    if fields is None:
        answer = browser.send("GET", path)
    else:
        answer = browser.post(path, csrf=browser.get("/console/you").csrf, **fields)
    assert answer.status < 500


def test_a_zone_that_does_not_exist_is_utc(people: dict[Role, Browser]) -> None:
    browser = of_role(people, Role.ADMINISTRATOR)
    browser.cookies["__Secure-staffetta-zone"] = "Mars/Base"
    assert browser.send("GET", "/console/audit").status == 200


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_paragraph_has_a_form(template: Path) -> None:
    """A browser ends the paragraph before the form, and what follows it loses its place."""
    paragraphs = re.findall(r"<p\b[^>]*>(.*?)</p>", template.read_text("utf-8"), re.DOTALL)
    assert not [text for text in paragraphs if re.search(r"ui\.act\(|<form", text)]
