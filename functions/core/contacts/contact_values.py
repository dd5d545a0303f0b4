"""A contact's properties as HubSpot reports them: what is stored, and what is computed from it."""

from __future__ import annotations

from collections.abc import Mapping

from functions.core.contacts.contact import Contact


def values_of(contact: Contact) -> Mapping[str, str]:
    """Returns every property that has a value. An empty value was cleared, and is no value."""
    stored = {name: value for name, value in contact.values.items() if value}
    return {
        **stored,
        "email": contact.email,
        "createdate": contact.created_at,
        "lastmodifieddate": contact.modified_at,
        "hs_object_id": str(contact.id),
    }
