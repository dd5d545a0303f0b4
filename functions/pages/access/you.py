"""What each person decides about themselves: password, second factor, language, time zone, sessions."""

from __future__ import annotations

import io
from zoneinfo import available_timezones

import segno
from markupsafe import Markup

from functions import wiring
from functions.core.access.users import User
from functions.core.errors import FieldError, Rejected
from functions.http.responses import HtmlPage
from functions.i18n import languages
from functions.pages.access.sign_in import SIGN_IN
from functions.pages.page import get, post
from functions.pages.visit import PageVisit
from functions.pages.zones import is_zone
from functions.steps.access.passwords import NewSecondFactor, totp_uri

YOU = "/console/you"
PASSWORD, OUT, FACTOR = f"{YOU}/password", f"{YOU}/sign-out-everywhere", f"{YOU}/second-factor"
CONFIRM, REMOVE = f"{FACTOR}/confirm", f"{FACTOR}/remove"


def show_you(visit: PageVisit) -> HtmlPage:
    zones = sorted(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/"))
    )
    return visit.page("access/you.html", languages=languages.NAMES, zones=["", "UTC", *zones])


def save(visit: PageVisit) -> HtmlPage:
    language, zone = visit.value("language"), visit.value("zone")
    if language and language not in languages.NAMES:
        raise Rejected([FieldError("language", f"must be one of {', '.join(languages.NAMES)}")])
    if zone and not is_zone(zone):
        raise Rejected([FieldError("zone", "is no time zone")])
    wiring.get(wiring.access.passwords).set_preferences(_user(visit), language, zone)
    return visit.redirect(YOU, visit.gettext("Your settings are saved."))


def change_password(visit: PageVisit) -> HtmlPage:
    wiring.get(wiring.access.passwords).change(
        _user(visit), visit.password("current"), visit.password("password"), visit.visitor.source
    )
    return visit.redirect(
        SIGN_IN, visit.gettext("Your password is changed, and every session has ended. Sign in again.")
    )


def show_factor(visit: PageVisit) -> HtmlPage:
    """Shows the QR code again after a wrong code: the page has it, and nothing else stores it."""
    token, secret = visit.value("token"), visit.value("secret")
    if not token:
        return visit.page("access/second_factor.html", factor=None, qr="")
    return _qr_page(visit, NewSecondFactor(token, secret, totp_uri(_user(visit).email, secret)))


def begin_factor(visit: PageVisit) -> HtmlPage:
    factor = wiring.get(wiring.access.passwords).begin_second_factor(
        _user(visit), visit.password("password"), visit.visitor.source
    )
    return _qr_page(visit, factor)


def confirm_factor(visit: PageVisit) -> HtmlPage:
    wiring.get(wiring.access.passwords).finish_second_factor(_user(visit), visit.value("token"), visit.value("code"))
    return visit.redirect(YOU, visit.gettext("From now on you sign in with a code, too."))


def show_removal(visit: PageVisit) -> HtmlPage:
    return visit.page("access/remove_second_factor.html") if _user(visit).second_factor else visit.redirect(YOU)


def remove_factor(visit: PageVisit) -> HtmlPage:
    wiring.get(wiring.access.passwords).remove_second_factor(
        _user(visit), visit.password("password"), visit.visitor.source
    )
    return visit.redirect(YOU, visit.gettext("The second factor is removed."))


def confirm_out(visit: PageVisit) -> HtmlPage:
    return visit.confirm(
        visit.gettext("Sign out everywhere?"),
        visit.gettext("Every session of yours ends at once, on all devices, and this one too."),
        visit.gettext("Sign out everywhere"),
        YOU,
    )


def sign_out_everywhere(visit: PageVisit) -> HtmlPage:
    wiring.get(wiring.access.manage_users).sign_out(_user(visit).email, visit.actor)
    return visit.redirect(SIGN_IN, visit.gettext("You are signed out everywhere."))


PAGES = (
    get(YOU, show_you),
    post(YOU, save, back=show_you),
    post(PASSWORD, change_password, back=show_you),
    get(FACTOR, show_factor),
    post(FACTOR, begin_factor, back=show_factor),
    post(CONFIRM, confirm_factor, back=show_factor),
    get(REMOVE, show_removal),
    post(REMOVE, remove_factor, back=show_removal),
    get(OUT, confirm_out),
    post(OUT, sign_out_everywhere, back=confirm_out),
)


def _user(visit: PageVisit) -> User:
    if visit.visitor.user is None:
        raise TypeError("the gate lets only users in here")
    return visit.visitor.user


def _qr_page(visit: PageVisit, factor: NewSecondFactor) -> HtmlPage:
    drawing = io.BytesIO()
    segno.make(factor.uri, error="m").save(
        drawing, kind="svg", xmldecl=False, svgclass="qr", lineclass=None, omitsize=True, title=visit.gettext("QR code")
    )
    return visit.page("access/second_factor.html", factor=factor, qr=Markup(drawing.getvalue().decode()))  # noqa: S704 - segno escapes
