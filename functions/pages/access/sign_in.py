"""Sign in, and out."""

from __future__ import annotations

from urllib.parse import quote

from functions import wiring
from functions.http.responses import HtmlPage
from functions.pages import cookies
from functions.pages.cookies import CONSOLE
from functions.pages.page import get, post
from functions.pages.visit import PageVisit
from functions.steps.access.sign_in import SignedIn

SIGN_IN, SIGN_OUT = f"{CONSOLE}/sign-in", f"{CONSOLE}/sign-out"
CODE = f"{SIGN_IN}/code"


def show_sign_in(visit: PageVisit) -> HtmlPage:
    return visit.page("access/sign_in.html", to=_safe(visit.value("to") or visit.query.get("to", "")))


def sign_in(visit: PageVisit) -> HtmlPage:
    to = _safe(visit.value("to"))
    signed_in = wiring.get(wiring.access.sign_in).with_password(
        visit.value("email"), visit.password("password"), visit.visitor.source
    )
    return _arrive(visit, signed_in, to)


def show_code(visit: PageVisit) -> HtmlPage:
    return visit.page("access/code.html", to=_safe(visit.value("to") or visit.query.get("to", "")))


def enter_code(visit: PageVisit) -> HtmlPage:
    secret = visit.cookie(cookies.SESSION)
    signed_in = wiring.get(wiring.access.sign_in).with_code(secret, visit.value("code"), visit.visitor.source)
    return _arrive(visit, signed_in, _safe(visit.value("to")))


def sign_out(visit: PageVisit) -> HtmlPage:
    wiring.get(wiring.access.sign_in).end(visit.visitor.secret)
    return visit.redirect(SIGN_IN, visit.gettext("You are signed out."), clear=(cookies.SESSION,))


PAGES = (
    get(SIGN_IN, show_sign_in, public=True),
    post(SIGN_IN, sign_in, back=show_sign_in, public=True),
    get(CODE, show_code, public=True),
    post(CODE, enter_code, back=show_code, public=True),
    post(SIGN_OUT, sign_out, back=show_sign_in),
)


def _arrive(visit: PageVisit, signed_in: SignedIn, to: str) -> HtmlPage:
    path = to or CONSOLE
    if signed_in.awaits_code:
        path = f"{CODE}?to={quote(to)}" if to else CODE
    return visit.redirect(path, write={cookies.SESSION: signed_in.secret})


def _safe(path: str) -> str:
    """Returns the path if it is one of the console: a link to the sign-in must lead nowhere else."""
    is_console = path == CONSOLE or path.startswith(f"{CONSOLE}/")
    return path if is_console and path.isascii() and path.isprintable() else ""
