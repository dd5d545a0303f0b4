"""The export of contacts: everyone, a list, or the people who pass conditions, as a CSV file."""

from __future__ import annotations

from collections.abc import Iterable

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA
from functions.core.contacts.lists.conditions import to_search_filter
from functions.core.csv_table import rows_to_csv
from functions.core.errors import FieldError, Rejected
from functions.http.responses import HtmlPage
from functions.pages import fields
from functions.pages.contact_paths import CONTACTS
from functions.pages.contacts import condition_rows
from functions.pages.downloads import download
from functions.pages.page import get, post
from functions.pages.visit import PageVisit

EXPORT = f"{CONTACTS}/export"
SCOPES = (CONTACT_DATA, ACCOUNT)
OCTETS_MAX = 4_000_000  # Lambda answers with 6 MB
READS_MAX = 60  # of 1,000 contacts: a page answers within 30 seconds


def show_export(visit: PageVisit) -> HtmlPage:
    lists = sorted(wiring.get(wiring.contacts.list_editor).all(), key=lambda one: one.name.casefold())
    definitions = wiring.get(wiring.contacts.contact_properties).list()
    return visit.page(
        "contacts/export.html",
        list_id=visit.query.get("list", ""),
        lists=[("", visit.gettext("All contacts")), *((str(one.id), one.name) for one in lists)],
        groups=condition_rows.entered(visit) or condition_rows.rows_of([]),
        subjects=condition_rows.subjects(visit, definitions),
        comparisons=condition_rows.comparisons(visit, with_lists=False),
    )


def export(visit: PageVisit) -> HtmlPage:
    if condition_rows.is_growing(visit):
        return show_export(visit)
    list_id = _list_id(visit.value("list"))
    groups = condition_rows.read(condition_rows.entered(visit), to_search_filter)
    batches = wiring.get(wiring.contacts.export_contacts)(
        visit.actor, list_id=list_id, groups=[tuple(group) for group in groups]
    )
    text, rows = _file(batches)
    subject = "contacts" if list_id is None else f"list {list_id}"
    wiring.get(wiring.access.audit_log)(AuditAction.CONTACTS_EXPORTED, visit.actor, subject, contacts=rows - 1)
    return download(text, "contacts.csv" if list_id is None else f"contacts-list-{list_id}.csv")


PAGES = (
    get(EXPORT, show_export, *SCOPES),
    post(EXPORT, export, *SCOPES, back=show_export),
)


def _list_id(text: str) -> int | None:
    """Raises Rejected."""
    number = fields.number(text)
    if text and number is None:
        raise Rejected([FieldError("list", f"there is no list {text[:100]!r}")])
    return number


def _file(batches: Iterable[list[list[str]]]) -> tuple[str, int]:
    """Returns the file and how many rows it has. Raises Rejected rather than leaving out a contact."""
    parts: list[str] = []
    octets = rows = 0
    for reads, batch in enumerate(batches):
        part = rows_to_csv(batch)
        octets += len(part.encode())
        rows += len(batch)
        parts.append(part)
        if octets > OCTETS_MAX or reads > READS_MAX:
            message = "has more contacts than a page can read: choose a list, or use `staffetta contacts export`"
            raise Rejected([FieldError("list", message)])
    return "".join(parts), rows
