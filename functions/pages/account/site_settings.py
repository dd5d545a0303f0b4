"""Site settings: what templates print of the company and its brand."""

from __future__ import annotations

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import CONTENT
from functions.core.templates.site_settings import NAMES
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import PageVisit

SETTINGS = "/console/site-settings"


def show_settings(visit: PageVisit) -> HtmlPage:
    return visit.page(
        "account/site_settings.html", settings=wiring.get(wiring.adapters.site_settings).get(), names=NAMES
    )


def save(visit: PageVisit) -> HtmlPage:
    before = wiring.get(wiring.adapters.site_settings).get()
    entered = {name: visit.value(name) for name in NAMES}
    changes = {name: value or None for name, value in entered.items() if value != before.get(name, "")}
    if changes:
        wiring.get(wiring.templates.change_site_settings)(changes, visit.actor)
        fields = " ".join(sorted(changes))
        wiring.get(wiring.access.audit_log)(
            AuditAction.SITE_SETTINGS_CHANGED, visit.actor, "site-settings", fields=fields
        )
    return visit.redirect(SETTINGS, visit.gettext("The site settings are saved."))


PAGES = (
    get(SETTINGS, show_settings, CONTENT, menu=(MenuGroup.SETTINGS, N_("Site settings"))),
    post(SETTINGS, save, CONTENT, back=show_settings),
)
