"""Contacts: one person with what is stored of them, every mail to them, and their erasure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions import wiring
from functions.core import addresses, ids
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA, MARKETING_EMAIL
from functions.core.contacts.contact import EVERYTHING, Contact, SubscriptionStatus
from functions.core.errors import FieldError, NotFound
from functions.http.responses import HtmlPage
from functions.pages.events.messages import READ as READ_MESSAGES
from functions.pages.events.messages import contact_path, email_names, rows_of
from functions.pages.page import N_, MenuGroup, get, post
from functions.pages.visit import PageVisit
from functions.steps.events.search_messages import MessageQuery

CONTACTS = "/console/contacts"
READ = (CONTACT_DATA, ACCOUNT)
PAGE, MAILS = 50, 20


def list_contacts(visit: PageVisit) -> HtmlPage:
    sought = visit.query.get("address", "").strip()
    if sought and (address := _address(sought)):
        return visit.redirect(contact_path(address))
    errors = [FieldError("address", "must be an email address like ada@example.net")] if sought else []
    page = wiring.get(wiring.contacts.contact_records).page(visit.query.get("after", ""), PAGE)
    return PageVisit(visit.request, visit.menu, errors).page(
        "contacts/contacts.html",
        sought=sought,
        rows=[(contact, contact_path(contact.email), _name(contact)) for contact in page.contacts],
        after=page.after or "",
    )


def show_contact(visit: PageVisit) -> HtmlPage:
    email = visit.path("email").lower()
    contact = wiring.get(wiring.adapters.contacts).get(email)
    contact = contact if contact and contact.version else None  # an erased contact has its unsubscriptions only
    may_read_messages = visit.actor.may(*READ_MESSAGES)
    recipients = tuple(dict.fromkeys((email, *(contact.spellings if contact else ()))))
    mails = wiring.get(wiring.events.search_messages)(MessageQuery(recipients=recipients), None, MAILS)
    erasure = wiring.get(wiring.adapters.erasure_requests).get(email)
    if not (contact or mails.messages or erasure):
        raise NotFound(f"nothing is stored of {email}: there is no contact and no message of this address")
    return visit.page(
        "contacts/contact.html",
        email=email,
        path=contact_path(email),
        contact=contact,
        name=_name(contact) if contact else "",
        decisions=_decisions(contact) if contact else [],
        rows=rows_of(mails.messages) if may_read_messages else [],
        names=email_names(mails.messages) if may_read_messages else {},
        more=bool(mails.next_cursor),
        erasure=erasure,
        may_lift=bool(contact and contact.quarantine and visit.actor.may(MARKETING_EMAIL)),
        may_erase=visit.actor.may(ACCOUNT) and not erasure,
    )


def confirm_release(visit: PageVisit) -> HtmlPage:
    email = visit.path("email").lower()
    return visit.confirm(
        visit.gettext("Release from quarantine?"),
        visit.gettext(
            "%(address)s bounced. After the release it gets mail again, and the entry of SES is removed too. If it bounces again, it is back in "
            "quarantine.",
            address=email,
        ),
        visit.gettext("Release"),
        contact_path(email),
    )


def release(visit: PageVisit) -> HtmlPage:
    email = visit.path("email").lower()
    wiring.get(wiring.contacts.lift_quarantine)(email, visit.actor)
    wiring.get(wiring.access.audit_log)(AuditAction.QUARANTINE_LIFTED, visit.actor, ids.address_hash(email))
    return visit.redirect(contact_path(email), visit.gettext("The address gets mail again."))


def confirm_erase(visit: PageVisit) -> HtmlPage:
    email = visit.path("email").lower()
    return visit.confirm(
        visit.gettext("Erase this person?"),
        visit.gettext(
            "Everything of %(address)s is deleted for good: the contact, the mails to be sent, the content of sent mails, and the address in "
            "every message and event. Only counts and unsubscriptions stay. This cannot be undone.",
            address=email,
        ),
        visit.gettext("Erase for good"),
        contact_path(email),
    )


def erase(visit: PageVisit) -> HtmlPage:
    email = visit.path("email").lower()
    wiring.get(wiring.contacts.erase_contact).request(email, visit.actor)
    return visit.redirect(
        contact_path(email),
        visit.gettext("The erasure has begun. It is done within minutes, or later with a long archive."),
    )


_CONTACT = f"{CONTACTS}/{{email}}"
PAGES = (
    get(CONTACTS, list_contacts, *READ, menu=(MenuGroup.AUDIENCE, N_("Contacts"))),
    get(_CONTACT, show_contact, *READ),
    get(f"{_CONTACT}/release", confirm_release, MARKETING_EMAIL),
    post(f"{_CONTACT}/release", release, MARKETING_EMAIL, back=confirm_release),
    get(f"{_CONTACT}/erase", confirm_erase, ACCOUNT),
    post(f"{_CONTACT}/erase", erase, ACCOUNT, back=confirm_erase),
)


def _address(text: str) -> str:
    """Returns the address in its stored form, or an empty text."""
    try:
        return addresses.parse(text).email.lower()
    except ValueError:
        return ""


def _name(contact: Contact) -> str:
    parts = (contact.values.get(name, "") for name in ("firstname", "lastname"))
    return " ".join(part for part in parts if part)


def _decisions(contact: Contact) -> list[Mapping[str, Any]]:
    types = {type_.id: type_.name for type_ in wiring.get(wiring.adapters.subscription_types).all()}
    return [
        {
            "name": "" if type_id == EVERYTHING else types.get(type_id, type_id),
            "subscribed": decision.status is SubscriptionStatus.SUBSCRIBED,
            "decision": decision,
        }
        for type_id, decision in sorted(contact.decisions.items())
    ]
