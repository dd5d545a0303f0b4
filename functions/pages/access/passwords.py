"""The first password by an invitation, and a new one by a mailed link."""

from __future__ import annotations

from functions import wiring
from functions.core.errors import FieldError, NotFound
from functions.http.responses import HtmlPage
from functions.pages import cookies
from functions.pages.access.sign_in import SIGN_IN
from functions.pages.cookies import CONSOLE
from functions.pages.page import get, post
from functions.pages.visit import PageVisit
from functions.steps.access.manage_users import NEW_PASSWORD_PATH

REQUEST, LINK = f"{CONSOLE}/password", f"{SIGN_IN}/link"


def show_request(visit: PageVisit) -> HtmlPage:
    return visit.page("access/reset_password.html", sent=False)


def request_reset(visit: PageVisit) -> HtmlPage:
    """Its answer is the same for every address."""
    visitor = visit.visitor
    wiring.get(wiring.access.passwords).request_reset(visit.value("email"), visitor.source, visitor.language)
    return visit.page("access/reset_password.html", sent=True)


def show_new(visit: PageVisit) -> HtmlPage:
    key = visit.value("key") or visit.query.get("key", "")
    try:
        link = wiring.get(wiring.access.passwords).link(key)
    except NotFound:
        return visit.page("access/invalid_link.html", 404)
    return visit.page("access/new_password.html", key=key, link=link)


def set_new(visit: PageVisit) -> HtmlPage:
    if visit.password("password") != visit.password("again"):
        return show_new(visit.with_errors([FieldError("again", visit.gettext("differs from the first one"))]))
    try:
        wiring.get(wiring.access.passwords).set_by_link(
            visit.value("key"), visit.password("password"), visit.visitor.source
        )
    except NotFound:
        return visit.page("access/invalid_link.html", 404)
    return visit.redirect(SIGN_IN, visit.gettext("Your password is set. Sign in with it."))


def show_link(visit: PageVisit) -> HtmlPage:
    """A GET does not sign in: programs follow links."""
    return visit.page("access/sign_in_link.html", key=visit.query.get("key", ""))


def follow_link(visit: PageVisit) -> HtmlPage:
    try:
        secret = wiring.get(wiring.access.passwords).sign_in_by_link(visit.value("key"))
    except NotFound:
        return visit.page("access/invalid_link.html", 404)
    return visit.redirect(CONSOLE, write={cookies.SESSION: secret})


PAGES = (
    get(REQUEST, show_request, public=True),
    post(REQUEST, request_reset, back=show_request, public=True),
    get(NEW_PASSWORD_PATH, show_new, public=True),
    post(NEW_PASSWORD_PATH, set_new, back=show_new, public=True),
    get(LINK, show_link, public=True),
    post(LINK, follow_link, back=show_link, public=True),
)
