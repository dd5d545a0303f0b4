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
LABELS = {
    "company_name": N_("Company name"),
    "company_street_address_1": N_("Street address"),
    "company_street_address_2": N_("Second line of the address"),
    "company_city": N_("City"),
    "company_state": N_("State or region"),
    "company_zip": N_("Postal code"),
    "company_country": N_("Country or region"),
    "company_phone": N_("Phone number"),
    "company_domain": N_("Domain of the website"),
    "company_privacy_policy_url": N_("Address of the privacy policy"),
    "office_location_name": N_("Name of the office"),
    "primary_font": N_("Font"),
    "primary_font_size": N_("Size of the text"),
    "primary_font_color": N_("Text colour"),
    "primary_accent_color": N_("Colour of buttons and links"),
    "secondary_font": N_("Second font"),
    "secondary_font_size": N_("Size of the second font"),
    "secondary_font_color": N_("Colour of the second font"),
    "secondary_accent_color": N_("Second colour"),
    "background_color": N_("Background colour"),
    "body_color": N_("Background colour of the content"),
    "body_border_color": N_("Line colour"),
    "body_border_color_choice": N_("How the line is drawn"),
    "email_body_width": N_("Width of the content"),
    "email_body_padding": N_("Space around the content"),
    "local_time_zone": N_("Time zone"),
}


def show_settings(visit: PageVisit) -> HtmlPage:
    return visit.page(
        "account/site_settings.html",
        settings=wiring.get(wiring.adapters.templates.site_settings).get(),
        names=[(name, visit.gettext(LABELS[name])) for name in NAMES],
    )


def save(visit: PageVisit) -> HtmlPage:
    before = wiring.get(wiring.adapters.templates.site_settings).get()
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
