"""The first pages: what the host of the API shows, and what a person sees after signing in."""

from __future__ import annotations

from functions import wiring
from functions.core.access.scopes import REPORTS
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.cookies import CONSOLE
from functions.pages.page import MenuGroup, get
from functions.pages.visit import PageVisit


def show_welcome(visit: PageVisit) -> HtmlPage:
    """What the API's host shows in a browser."""
    return visit.page("welcome.html")


def show_home(visit: PageVisit) -> HtmlPage:
    overview = wiring.get(wiring.account.get_overview)(visit.actor)
    return visit.page("home.html", overview=overview, host=wiring.container().settings.public_url)


PAGES = (
    get("/", show_welcome, public=True),
    get(CONSOLE, show_home, REPORTS, menu=(MenuGroup.OVERVIEW, N_("Home"))),
)
