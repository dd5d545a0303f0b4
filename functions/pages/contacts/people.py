"""Contacts: find and filter them; one person with what is stored of them, every mail to them, and their erasure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec import Struct

from functions import wiring
from functions.core import addresses, ids
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA, MARKETING_EMAIL
from functions.core.contacts.contact import Contact, Property
from functions.core.contacts.filters import PropertyFilter
from functions.core.contacts.lists.conditions import to_search_filter
from functions.core.errors import NotFound, Rejected
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.contact_paths import CONTACT, CONTACTS, contact_path, email_of
from functions.pages.contacts import condition_rows, consent
from functions.pages.contacts.property_words import label_of
from functions.pages.events.message_rows import READ as READ_MESSAGES
from functions.pages.events.message_rows import email_names, rows_of
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import PageVisit
from functions.steps.contacts.search import ContactQuery, ScanCost
from functions.steps.events.search_messages import MessageQuery

READ = (CONTACT_DATA, ACCOUNT)
PAGE, MAILS = 50, 20


def list_contacts(visit: PageVisit) -> HtmlPage:
    text = visit.query.get("text", "").strip()
    if address := _address(text):
        return visit.redirect(contact_path(address))
    if condition_rows.is_growing(visit):
        return _contacts_page(visit, _Matches())
    try:
        groups = condition_rows.read(condition_rows.entered(visit), to_search_filter)
        matches = _search(visit, text, groups) if text or groups else _all(visit)
    except Rejected as refused:
        return _contacts_page(visit.with_errors(refused.errors), _Matches())
    return _contacts_page(visit, matches)


def show_contact(visit: PageVisit) -> HtmlPage:
    email = email_of(visit)
    contact = wiring.get(wiring.adapters.contacts.contacts).get(email)
    contact = contact if contact and contact.is_stored else None  # an erased contact has its unsubscriptions only
    may_read_messages = visit.actor.may(*READ_MESSAGES)
    recipients = tuple(dict.fromkeys((email, *(contact.spellings if contact else ()))))
    mails = wiring.get(wiring.events.search_messages)(MessageQuery(recipients=recipients), None, MAILS)
    erasure = wiring.get(wiring.adapters.contacts.erasure_requests).get(email)
    if not (contact or mails.messages or erasure):
        raise NotFound(f"nothing is stored of {email}: there is no contact and no message of this address")
    return visit.page(
        "contacts/contact.html",
        email=email,
        path=contact_path(email),
        contact=contact,
        name=_name(contact) if contact else "",
        properties=_properties(visit, contact) if contact else [],
        consent=consent.rows_of(visit, contact) if contact else [],
        basis_text=partial(consent.basis_text, visit),
        lists=_lists(contact) if contact else [],
        rows=rows_of(mails.messages) if may_read_messages else [],
        names=email_names(mails.messages) if may_read_messages else {},
        more=bool(mails.next_cursor),
        erasure=erasure,
        may_lift=bool(contact and contact.quarantine and visit.actor.may(MARKETING_EMAIL)),
        may_erase=visit.actor.may(ACCOUNT) and not erasure,
        may_edit=bool(contact and not contact.archived_at and not contact.merged_into and not erasure),
    )


def confirm_release(visit: PageVisit) -> HtmlPage:
    email = email_of(visit)
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
    email = email_of(visit)
    wiring.get(wiring.contacts.lift_quarantine)(email, visit.actor)
    wiring.get(wiring.access.audit_log)(AuditAction.QUARANTINE_LIFTED, visit.actor, ids.address_hash(email))
    return visit.redirect(contact_path(email), visit.gettext("The address gets mail again."))


def confirm_erase(visit: PageVisit) -> HtmlPage:
    email = email_of(visit)
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
    email = email_of(visit)
    wiring.get(wiring.contacts.erase_contact).request(email, visit.actor)
    return visit.redirect(
        contact_path(email),
        visit.gettext("The erasure has begun. It is done within minutes, or later with a long archive."),
    )


PAGES = (
    get(CONTACTS, list_contacts, *READ, menu=(MenuGroup.AUDIENCE, N_("Contacts"))),
    get(CONTACT, show_contact, *READ),
    get(f"{CONTACT}/release", confirm_release, MARKETING_EMAIL),
    post(f"{CONTACT}/release", release, MARKETING_EMAIL, back=confirm_release),
    get(f"{CONTACT}/erase", confirm_erase, ACCOUNT),
    post(f"{CONTACT}/erase", erase, ACCOUNT, back=confirm_erase),
)


class _Matches(Struct, frozen=True):
    """The contacts of a page, and what a search read for them."""

    contacts: Sequence[Contact] = ()
    after: str = ""
    total: int | None = None  # None: the page is not of a search
    cost: ScanCost = ScanCost()


def _all(visit: PageVisit) -> _Matches:
    page = wiring.get(wiring.contacts.contact_records).page(visit.query.get("after", ""), PAGE)
    return _Matches(page.contacts, page.after or "")


def _search(visit: PageVisit, text: str, groups: Sequence[Sequence[PropertyFilter]]) -> _Matches:
    """Raises Rejected."""
    query = ContactQuery(
        groups=[tuple(group) for group in groups], text=text, limit=PAGE, after=visit.query.get("after", "")
    )
    page = wiring.get(wiring.contacts.search_contacts)(query)
    return _Matches(page.contacts, page.after or "", page.total, page.cost)


def _contacts_page(visit: PageVisit, matches: _Matches) -> HtmlPage:
    definitions = wiring.get(wiring.contacts.contact_properties).list()
    groups = condition_rows.entered(visit) or condition_rows.rows_of([])
    return visit.page(
        "contacts/contacts.html",
        text=visit.query.get("text", "").strip(),
        query={name: value for name, value in visit.query.items() if name not in {"after", "more"}},
        groups=groups,
        is_growing=condition_rows.is_growing(visit),
        is_filtered=any(row.subject or row.value for rows in groups for row in rows),
        subjects=condition_rows.subjects(visit, definitions),
        comparisons=condition_rows.comparisons(visit, with_lists=False),
        matches=matches,
        rows=[(contact, contact_path(contact.email), _name(contact)) for contact in matches.contacts],
    )


def _properties(visit: PageVisit, contact: Contact) -> list[tuple[str, str, Property]]:
    """Returns each property with its label: its name, if a send stored one that is not defined."""
    definitions = wiring.get(wiring.contacts.contact_properties).list()
    return [
        (name, label_of(visit, definitions[name]) if name in definitions else name, entry)
        for name, entry in contact.properties.items()
    ]


def _lists(contact: Contact) -> list[tuple[int, str]]:
    """Returns the lists that the contact is in, by their names."""
    names = {one.id: one.name for one in wiring.get(wiring.contacts.list_editor).all()}
    members = wiring.get(wiring.adapters.contacts.list_members).of(contact.email)
    return sorted(
        ((one.list_id, names[one.list_id]) for one in members if one.list_id in names), key=lambda one: one[1]
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
