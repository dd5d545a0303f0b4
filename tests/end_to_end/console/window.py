"""A window of a real browser on the console. Each page that a person arrives at passes axe-core."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, Response

from functions.core.access.roles import Role
from infra import node
from tests.end_to_end.service import Service
from tests.end_to_end.support.console.session import PASSWORD, add_user

AXE = node.HERE / "browser" / "node_modules" / "axe-core" / "axe.min.js"
# A mail's own HTML is its author's.
CHECK = (
    "async () => (await axe.run({exclude: ['iframe']}, {resultTypes: ['violations'], iframes: false})).violations"
    ".filter(v => v.impact !== 'minor').map(v => [v.impact, v.id, ...v.nodes.slice(0, 3).map(n => n.html)].join(' '))"
)


EMAIL_PAGES = (
    "write",
    "visual",
    "settings",
    "send",
    "performance",
    "revisions",
    "code",
    "clone",
    "convert",
    "automation",
    "unpublish",
    "archive",
)


@dataclass
class Window:
    """What a person does, by the words that they read. Each act returns when the page that it leads to is there."""

    page: Page
    base: str
    problems: list[str] = field(default_factory=list)  # what the browser refused or the page's own script raised

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", lambda line: self._note(line.type, line.text))

    def go(self, path: str) -> None:
        self._arrived(self.page.goto(self.base + path))

    def follow(self, name: str, *, within: str = "body") -> None:
        with self.page.expect_navigation() as arrival:
            self.page.locator(within).get_by_role("link", name=name, exact=True).first.click()
        self._arrived(arrival.value)

    def press(self, name: str, *, within: str = "body") -> None:
        with self.page.expect_navigation() as arrival:
            self.page.locator(within).get_by_role("button", name=name, exact=True).first.click()
        self._arrived(arrival.value)

    def fill(self, fields: dict[str, str]) -> None:
        """By their labels."""
        for label, value in fields.items():
            self.field(label).fill(value)

    def choose(self, label: str, option: str) -> None:
        self.field(label).select_option(label=option)

    def check(self, label: str) -> None:
        self.page.get_by_label(label).first.check()

    def field(self, label: str) -> Locator:
        return self.page.locator("main").get_by_label(label, exact=True).first

    def text_of(self, selector: str) -> str:
        return self.page.locator(selector).first.inner_text()

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.base)

    @property
    def title(self) -> str:
        return self.text_of("h1")

    @property
    def text(self) -> str:
        return self.text_of("main")

    @property
    def notice(self) -> str:
        return self.text_of(".notice")

    def shows(self, text: str) -> bool:
        """Returns whether the page has the text, as soon as it has it."""
        self.page.get_by_text(text).first.wait_for()
        return True

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        self.go("/console/sign-in")
        self.fill({"Email address": email, "Password": password})
        self.press("Sign in")

    def findings(self) -> list[str]:
        """Returns what axe-core finds above minor on the page as it is now."""
        self.page.evaluate(f"{AXE.read_text('utf-8')}; undefined")
        violations: list[str] = self.page.evaluate(CHECK)
        return violations

    def _arrived(self, answer: Response | None) -> None:
        self.page.wait_for_load_state()
        assert answer is None or answer.status < 500, f"{self.page.url}: {answer.status}"
        if "text/html" in (answer.headers.get("content-type", "") if answer else "text/html"):
            findings = self.findings()
            assert not findings, f"{self.page.url}: {findings}"
        assert self.problems == [], self.page.url

    def _note(self, kind: Any, text: str) -> None:
        """Chromium writes a line for each answer of status 400 and above: a refused form is no problem."""
        if kind == "error" and "Failed to load resource" not in text:
            self.problems.append(text)


def email_paths(service: Service) -> dict[str, str]:
    """Returns the pages of the starter's email by their names: its tabs, and its actions."""
    return {name: f"/console/emails/{service.starter.draft.email_id}/{name}" for name in EMAIL_PAGES}


def signed_in(window: Window, service: Service, email: str, role: Role = Role.ADMINISTRATOR) -> Window:
    """Adds a user of the role, and signs them in."""
    add_user(service, email, role)
    window.sign_in(email)
    return window
