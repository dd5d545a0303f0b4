"""The visual view of the Write page, as a person uses it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, expect

from tests.end_to_end.console.window import Window
from tests.support.patience import PATIENCE_SECONDS

expect.set_options(timeout=PATIENCE_SECONDS * 1000)


@dataclass
class VisualView:
    window: Window

    def open(self, email_id: int, *, language: str = "") -> None:
        self.window.go(f"/console/emails/{email_id}/visual{f'?language={language}' if language else ''}")
        self.window.page.locator("#canvas .block").first.wait_for()

    @property
    def body(self) -> str:
        return self.window.page.locator("textarea[name=body]").input_value()

    @property
    def selected(self) -> str:
        return self.window.page.locator(".block.selected").get_attribute("data-path") or ""

    def block(self, kind: str, number: int = 0) -> Locator:
        return self.window.page.locator(f".block.{kind}").nth(number)

    def text(self, kind: str, number: int = 0) -> Locator:
        return self.block(kind, number).locator(".ProseMirror").first

    def add(self, name: str) -> None:
        """Adds a block of the palette after the selected one, and selects it."""
        self.changes(lambda: self.window.page.locator(f"#palette button[data-block={name}]").click())

    def changes(self, act: object) -> None:
        """Waits until the act has changed the source."""
        before = self.body
        assert callable(act)
        act()
        expect(self.window.page.locator("textarea[name=body]")).not_to_have_value(before)

    def write(self, kind: str, text: str, number: int = 0) -> None:
        """Replaces the whole text of a block."""
        place = self.text(kind, number)
        place.click()
        place.press("Control+a")
        self.changes(lambda: place.press_sequentially(text))
        self.settled()

    def tool(self, name: str) -> None:
        self.window.page.locator("#text-tools").get_by_role("button", name=name, exact=True).click()

    def chip(self, path: str, default: str = "") -> None:
        """Inserts a chip where the cursor is."""
        tools = self.window.page.locator("#text-tools")
        tools.get_by_label("Personalize").fill(path)
        tools.get_by_label("Default").fill(default)
        self.changes(lambda: tools.get_by_role("button", name="Insert").click())
        self.settled()

    def set(self, field: str, value: str) -> None:
        """Sets a property of the selected block."""
        control = self.window.page.locator("#panel").get_by_label(field, exact=True)
        control.fill(value)
        self.changes(lambda: control.press("Enter"))

    def settled(self) -> None:
        """Waits until the draft is stored with everything that was done."""
        expect(self.window.page.locator(".state")).to_have_text("Saved as a draft")
