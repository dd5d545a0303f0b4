"""Lists of contacts: create, rename, delete, and change who is in them."""

from __future__ import annotations

from collections.abc import Mapping

from functions import wiring
from functions.core import addresses
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA
from functions.core.contacts.lists.conditions import ContactCondition, conditions_of, to_branch, to_filter
from functions.core.contacts.lists.contact_list import MEMBERS_MAX, NAME_MAX, ContactList, ProcessingType
from functions.core.contacts.lists.list_filters import FilterBranch
from functions.core.contacts.property_definitions import PropertyDefinition
from functions.core.errors import FieldError, NotFound, Rejected
from functions.core.models import json_text
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages import fields
from functions.pages.contact_paths import contact_path
from functions.pages.contacts import condition_rows
from functions.pages.once import once
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import PageVisit
from functions.steps.contacts.lists import ListEditor
from functions.steps.contacts.records import ContactReference, IdProperty

LISTS = "/console/lists"
SCOPES = (CONTACT_DATA, ACCOUNT)
PAGE = 50
KINDS = {
    ProcessingType.MANUAL: N_("Manual: people are added and removed"),
    ProcessingType.DYNAMIC: N_("Dynamic: filters choose the people, and again before each broadcast"),
    ProcessingType.SNAPSHOT: N_("Snapshot: filters choose the people once"),
}


def show_lists(visit: PageVisit) -> HtmlPage:
    lists = sorted(_editor().all(), key=lambda one: one.name.casefold())
    return visit.page("contacts/lists.html", rows=[(one, _path(one)) for one in lists])


def create(visit: PageVisit) -> HtmlPage:
    created = _editor().create(fields.line(visit, "name", NAME_MAX), visit.actor)
    _log(visit, AuditAction.LIST_CREATED, created, name=created.name)
    return visit.redirect(_path(created), visit.gettext("The list is created."))


def show_new_filtered(visit: PageVisit) -> HtmlPage:
    return _filters_page(visit, "contacts/list_filtered.html", condition_rows.rows_of([]))


def create_filtered(visit: PageVisit) -> HtmlPage:
    if condition_rows.is_growing(visit):
        return show_new_filtered(visit)
    kind = ProcessingType.SNAPSHOT if visit.value("kind") == ProcessingType.SNAPSHOT else ProcessingType.DYNAMIC
    name = fields.line(visit, "name", NAME_MAX)
    created = _editor().create(name, visit.actor, kind, _entered_branch(visit))
    _log(visit, AuditAction.LIST_CREATED, created, name=created.name)
    return visit.redirect(
        _path(created),
        visit.gettext("The list is created. Its filters are evaluated: load the page again in a moment."),
    )


def show_filters(visit: PageVisit) -> HtmlPage:
    existing = _list(visit)
    groups = _conditions(existing)
    return _filters_page(
        visit,
        "contacts/list_filters.html",
        condition_rows.rows_of(groups or []),
        existing,
        is_editable=existing.is_dynamic and groups is not None,
    )


def change_filters(visit: PageVisit) -> HtmlPage:
    if condition_rows.is_growing(visit):
        return show_filters(visit)
    existing = _list(visit)
    if _conditions(existing) is None:
        message = "the filters of this list are more than rows can show: change them with the API or the command line"
        raise Rejected([FieldError("", message)])
    changed = _editor().refilter(existing.id, _entered_branch(visit), visit.actor)
    _log(visit, AuditAction.LIST_FILTERS_CHANGED, changed, name=changed.name)
    return visit.redirect(
        _path(changed), visit.gettext("The filters are saved and evaluated: load the page again in a moment.")
    )


def show_list(visit: PageVisit) -> HtmlPage:
    existing = _list(visit)
    try:
        members, after = _editor().page(existing.id, visit.query.get("after", ""), PAGE)
    except ValueError as error:
        raise NotFound("no page of members begins there") from error
    return visit.page(
        "contacts/list.html",
        list=existing,
        path=_path(existing),
        kind=KINDS[existing.processing_type],
        filters=_json(existing),
        members=[(one, contact_path(one.email)) for one in members],
        after=after,
        most=MEMBERS_MAX,
    )


def rename(visit: PageVisit) -> HtmlPage:
    renamed = _editor().rename(_list(visit).id, fields.line(visit, "name", NAME_MAX), visit.actor)
    _log(visit, AuditAction.LIST_RENAMED, renamed, name=renamed.name)
    return visit.redirect(_path(renamed), visit.gettext("The list is renamed."))


def add(visit: PageVisit) -> HtmlPage:
    existing = _list(visit)
    change = _editor().change(existing.id, visit.actor, add=_contact_ids(visit))
    return visit.redirect(_path(existing), visit.gettext("Added: %(count)s.", count=visit.number(len(change.added))))


def remove(visit: PageVisit) -> HtmlPage:
    existing = _list(visit)
    contact = wiring.get(wiring.contacts.contact_records).find(ContactReference(visit.value("email"), IdProperty.EMAIL))
    _editor().change(existing.id, visit.actor, remove=[str(contact.id)] if contact else [])
    return visit.redirect(_path(existing), visit.gettext("The person is no longer in the list."))


def evaluate(visit: PageVisit) -> HtmlPage:
    existing = _editor().evaluate_now(_list(visit).id, visit.actor)
    _log(visit, AuditAction.LIST_EVALUATED, existing, name=existing.name)
    return visit.redirect(_path(existing), visit.gettext("The filters are evaluated: load the page again in a moment."))


def confirm_deletion(visit: PageVisit) -> HtmlPage:
    existing = _list(visit)
    return visit.confirm(
        visit.gettext("Delete the list “%(name)s”?", name=existing.name),
        visit.gettext("The contacts in it stay. A broadcast that names the list can no longer be started."),
        visit.gettext("Delete the list"),
        _path(existing),
    )


def delete(visit: PageVisit) -> HtmlPage:
    deleted = _editor().delete(_list(visit).id, visit.actor)
    _log(visit, AuditAction.LIST_DELETED, deleted, name=deleted.name)
    return visit.redirect(LISTS, visit.gettext("The list “%(name)s” is deleted.", name=deleted.name))


_LIST = f"{LISTS}/{{listId}}"
PAGES = (
    get(LISTS, show_lists, *SCOPES, menu=(MenuGroup.AUDIENCE, N_("Lists"))),
    post(LISTS, once(create), *SCOPES, back=show_lists),
    get(f"{LISTS}/filtered", show_new_filtered, *SCOPES),
    post(f"{LISTS}/filtered", once(create_filtered), *SCOPES, back=show_new_filtered),
    get(_LIST, show_list, *SCOPES),
    get(f"{_LIST}/filters", show_filters, *SCOPES),
    post(f"{_LIST}/filters", change_filters, *SCOPES, back=show_filters),
    post(f"{_LIST}/name", rename, *SCOPES, back=show_list),
    post(f"{_LIST}/members", add, *SCOPES, back=show_list),
    post(f"{_LIST}/members/remove", remove, *SCOPES, back=show_list),
    post(f"{_LIST}/evaluate", evaluate, *SCOPES, back=show_list),
    get(f"{_LIST}/delete", confirm_deletion, *SCOPES),
    post(f"{_LIST}/delete", delete, *SCOPES, back=confirm_deletion),
)


def _editor() -> ListEditor:
    return wiring.get(wiring.contacts.list_editor)


def _list(visit: PageVisit) -> ContactList:
    """Raises NotFound."""
    list_id = fields.number(visit.path("listId"))
    if list_id is None:
        raise NotFound("there is no list with this number")
    return _editor().get(list_id)


def _filters_page(
    visit: PageVisit,
    template: str,
    rows: list[list[condition_rows.ConditionRow]],
    existing: ContactList | None = None,
    *,
    is_editable: bool = True,
) -> HtmlPage:
    """Answers with the form of filters. Rows that were entered are shown again."""
    lists = [one for one in _editor().all() if existing is None or one.id != existing.id]
    return visit.page(
        template,
        list=existing,
        path=_path(existing) if existing else LISTS,
        filters=_json(existing) if existing else "",
        groups=condition_rows.entered(visit) or rows,
        subjects=condition_rows.subjects(visit, _definitions(), lists),
        comparisons=condition_rows.comparisons(visit, with_lists=True),
        kinds=[
            (str(kind), visit.gettext(KINDS[kind]), "") for kind in (ProcessingType.DYNAMIC, ProcessingType.SNAPSHOT)
        ],
        is_editable=is_editable,
    )


def _entered_branch(visit: PageVisit) -> FilterBranch:
    """Raises Rejected."""
    definitions = _definitions()
    groups = condition_rows.read(condition_rows.entered(visit), lambda one: to_filter(one, definitions))
    if not groups:
        raise Rejected(
            [FieldError("", "needs at least one condition: without one, every contact would be in the list")]
        )
    return to_branch(groups)


def _conditions(one: ContactList) -> list[list[ContactCondition]] | None:
    return conditions_of(one.filter_branch, _definitions()) if one.filter_branch else None


def _json(one: ContactList) -> str:
    return json_text.indented(one.filter_branch) if one.filter_branch else ""


def _definitions() -> Mapping[str, PropertyDefinition]:
    return wiring.get(wiring.contacts.contact_properties).list()


def _path(one: ContactList) -> str:
    return f"{LISTS}/{one.id}"


def _log(visit: PageVisit, action: AuditAction, one: ContactList, **detail: str | int) -> None:
    wiring.get(wiring.access.audit_log)(action, visit.actor, str(one.id), **detail)


def _contact_ids(visit: PageVisit) -> list[str]:
    """Returns the ids of the contacts whose addresses were entered. Raises Rejected with every address that has none."""
    texts = visit.value("emails").replace(",", "\n").replace(";", "\n").split()
    if not texts or len(texts) > MEMBERS_MAX:
        raise Rejected([FieldError("emails", f"must be 1 to {MEMBERS_MAX} addresses")])
    records = wiring.get(wiring.contacts.contact_records)
    contacts = {text: records.find(ContactReference(_address(text), IdProperty.EMAIL)) for text in texts}
    missing = [text for text, contact in contacts.items() if contact is None]
    if missing:
        raise Rejected([FieldError("emails", f"there is no contact {text}: import it first") for text in missing])
    return [str(contact.id) for contact in contacts.values() if contact]


def _address(text: str) -> str:
    try:
        return addresses.parse(text).email.lower()
    except ValueError:
        return text.lower()
