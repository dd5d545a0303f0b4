"""The fields of a page's form, as a browser without scripts sends them."""

from __future__ import annotations

from html.parser import HTMLParser


class FormFields(HTMLParser):
    """Collects the fields of the form with an id: `fields`, and the buttons of it that have a name."""

    def __init__(self, html: str, form: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.buttons: list[tuple[str, str]] = []
        self._form, self._inside = form, False
        self._select, self._options = "", list[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = has.get("id") == self._form
        name = has.get("name", "")
        if not self._inside:
            return
        if tag == "input" and name and (has.get("type") not in {"checkbox", "radio"} or "checked" in has):
            self.fields.append((name, has.get("value", "")))
        if tag == "button" and name:
            self.buttons.append((name, has.get("value", "")))
        if tag == "select":
            self._select, self._options = name, []
        if tag == "option" and self._select:
            self._options.insert(0 if "selected" in has else len(self._options), has.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            self.fields.append((self._select, self._options[0] if self._options else ""))
            self._select = ""
        if tag == "form":
            self._inside = False
