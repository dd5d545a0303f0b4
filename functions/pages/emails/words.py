"""What the code view completes: the properties of contacts and of the email, the site settings, and the words of HubL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from functions import wiring
from functions.core.access.scopes import CONTENT
from functions.core.templates import site_settings
from functions.core.templates.hubl import checking, language
from functions.http.responses import HtmlPage
from functions.pages.emails.data_form import CUSTOM, contract_of
from functions.pages.emails.email_page import EMAIL, content_of, editor, email_id
from functions.pages.page import get
from functions.pages.visit import PageVisit
from functions.steps.emails.read_emails import EmailWithDocument

DEPTH_MAX = 4  # of a custom property's name


def show_words(visit: PageVisit) -> HtmlPage:
    return words_page(visit, _custom_properties(editor().draft(email_id(visit))))


def words_page(visit: PageVisit, custom: Iterable[dict[str, str]] = ()) -> HtmlPage:
    """Answers a script of the code editor. `custom` are the properties of an email."""
    properties = [*_contact_properties(), *custom, *_site_settings(visit)]
    return visit.json(
        {
            "properties": sorted(properties, key=lambda one: one["name"]),
            "filters": _names(language.FILTERS),
            "functions": _names(language.FUNCTIONS),
            "tests": _names(language.TESTS),
            "tags": _names({*checking.TAGS, *(f"end{tag}" for tag in ("if", "for", "block", "macro", "call"))}),
        }
    )


PAGES = (get(f"{EMAIL}/words", show_words, CONTENT),)


def _names(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"name": name, "detail": ""} for name in sorted(names) if name.isidentifier()]


def _contact_properties() -> Iterator[dict[str, str]]:
    for name, definition in wiring.get(wiring.contacts.contact_properties).list().items():
        yield {"name": f"contact.{name}", "detail": definition.label}


def _custom_properties(stored: EmailWithDocument) -> Iterator[dict[str, str]]:
    """Yields the properties of the email's sample, and of its published revision."""
    for name in sorted(
        {
            *_paths(content_of(stored).sample.custom),
            *_contract_paths(contract_of(stored.email).get("properties", {}).get(CUSTOM, {})),
        }
    ):
        yield {"name": f"custom.{name}", "detail": ""}


def _paths(values: Mapping[str, Any], depth: int = DEPTH_MAX) -> Iterator[str]:
    for name, value in values.items():
        yield name
        if isinstance(value, Mapping) and depth:
            yield from (f"{name}.{path}" for path in _paths(value, depth - 1))


def _contract_paths(schema: Mapping[str, Any], depth: int = DEPTH_MAX) -> Iterator[str]:
    for name, part in schema.get("properties", {}).items():
        yield name
        if depth:
            yield from (f"{name}.{path}" for path in _contract_paths(part, depth - 1))


def _site_settings(visit: PageVisit) -> Iterator[dict[str, str]]:
    for name in site_settings.NAMES:
        yield {"name": name, "detail": visit.gettext("site setting")}
