"""What a page is: a line of the table, as a route is of the API."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct

from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.visit import PageVisit

View = Callable[[PageVisit], HtmlPage]


class MenuGroup(StrEnum):
    """The parts of the menu, in their order."""

    OVERVIEW = ""
    EMAIL = N_("Email")
    AUDIENCE = N_("Audience")
    SETTINGS = N_("Settings")


class Page(Struct, frozen=True, kw_only=True):
    """One view under one path. A person needs any one of the scopes; a page without scopes is for every signed-in person."""

    method: str
    path: str  # {name} is one segment
    view: View
    scopes: tuple[str, ...] = ()
    public: bool = False  # without signing in
    back: View | None = None  # of a form: shows it again, with the errors, if a step refuses
    group: MenuGroup | None = None  # of the menu; None: the page is not in it
    label: str = ""  # in the menu


def get(path: str, view: View, *scopes: str, menu: tuple[MenuGroup, str] | None = None, public: bool = False) -> Page:
    """A page to read. `menu`: its group and its label, if the menu leads to it."""
    group, label = menu or (None, "")
    return Page(method="GET", path=path, view=view, scopes=scopes, public=public, group=group, label=label)


def post(path: str, view: View, *scopes: str, back: View, public: bool = False) -> Page:
    """A form that changes something. `back` shows the form again, with the errors, if a step refuses."""
    return Page(method="POST", path=path, view=view, scopes=scopes, public=public, back=back)
