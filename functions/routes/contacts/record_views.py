"""Contact → HubSpot's view of it."""

from __future__ import annotations

from collections.abc import Iterable

from functions.core.contacts.contact import Contact
from functions.core.contacts.contact_values import values_of
from functions.routes.contacts.record_models import ContactRecordView, PropertyHistoryEntry

_ALWAYS = ("createdate", "hs_object_id", "lastmodifieddate")
_DEFAULT = ("email", "firstname", "lastname")


def record_view(
    contact: Contact,
    names: Iterable[str] | None = None,
    history: Iterable[str] | None = None,
    *,
    is_new: bool | None = None,
) -> ContactRecordView:
    """`names`: the requested properties, or HubSpot's default ones."""
    values = values_of(contact)
    return ContactRecordView(
        id=str(contact.id),
        properties={name: values.get(name) for name in sorted({*_ALWAYS, *(names or _DEFAULT)})},
        created_at=contact.created_at,
        updated_at=contact.modified_at,
        archived=contact.archived_at is not None,
        archived_at=contact.archived_at,
        properties_with_history=_history(contact, history) if history else None,
        new=is_new,
    )


def written_view(contact: Contact, names: Iterable[str], *, is_new: bool | None = None) -> ContactRecordView:
    """Returns the view of a contact that was just written: with the properties of the request, and its address."""
    return record_view(contact, [*names, "email"], is_new=is_new)


def _history(contact: Contact, names: Iterable[str]) -> dict[str, list[PropertyHistoryEntry]]:
    stored = {name: contact.properties[name] for name in names if name in contact.properties}
    return {name: [PropertyHistoryEntry(one.value, one.at, "API")] for name, one in stored.items()}
