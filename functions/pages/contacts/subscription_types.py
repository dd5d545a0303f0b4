"""Subscription types: what a person can subscribe to, and leave."""

from __future__ import annotations

from functools import partial

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import CONTENT, MARKETING_EMAIL
from functions.core.contacts.subscriptions.subscription import BUILT_IN
from functions.core.errors import FieldError, Rejected
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.contacts import type_words
from functions.pages.once import once
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import PageVisit

TYPES = "/console/subscription-types"
NAME_MAX, TEXT_MAX = 100, 500
_SCOPES = (CONTENT, MARKETING_EMAIL)


def show_types(visit: PageVisit) -> HtmlPage:
    types = wiring.get(wiring.contacts.subscriptions).list_types()
    return visit.page(
        "contacts/subscription_types.html",
        types=types,
        built_in=BUILT_IN.id,
        text_of=partial(type_words.text_of, visit),
    )


def create(visit: PageVisit) -> HtmlPage:
    type_ = wiring.get(wiring.contacts.subscriptions).create_type(_fields(visit), visit.actor)
    wiring.get(wiring.access.audit_log)(AuditAction.TYPE_CREATED, visit.actor, type_.id)
    return visit.redirect(TYPES, visit.gettext("The subscription type is created."))


def show_type(visit: PageVisit) -> HtmlPage:
    type_ = wiring.get(wiring.contacts.subscriptions).find_type(visit.path("typeId"))
    return visit.page("contacts/subscription_type.html", type=type_, built_in=BUILT_IN.id)


def change(visit: PageVisit) -> HtmlPage:
    fields = {**_fields(visit), "active": visit.value("active") == "on"}
    type_ = wiring.get(wiring.contacts.subscriptions).update_type(visit.path("typeId"), fields, visit.actor)
    changed = " ".join(sorted(fields))
    wiring.get(wiring.access.audit_log)(AuditAction.TYPE_CHANGED, visit.actor, type_.id, fields=changed)
    return visit.redirect(TYPES, visit.gettext("The subscription type is saved."))


PAGES = (
    get(TYPES, show_types, *_SCOPES, menu=(MenuGroup.AUDIENCE, N_("Subscription types"))),
    post(TYPES, once(create), *_SCOPES, back=show_types),
    get(f"{TYPES}/{{typeId}}", show_type, *_SCOPES),
    post(f"{TYPES}/{{typeId}}", change, *_SCOPES, back=show_type),
)


def _fields(visit: PageVisit) -> dict[str, str]:
    """Raises Rejected: a text is one printable line."""
    fields = {name: visit.value(name) for name in ("name", "description", "purpose")}
    limits = {"name": NAME_MAX, "description": TEXT_MAX, "purpose": TEXT_MAX}
    wrong = [
        FieldError(name, f"must be one line of at most {limits[name]} characters")
        for name, text in fields.items()
        if len(text) > limits[name] or (text and not text.isprintable())
    ]
    if wrong:
        raise Rejected(wrong)
    return fields
