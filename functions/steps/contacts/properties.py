"""The properties of contacts: list, define, change and delete them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA
from functions.core.contacts import property_definitions
from functions.core.contacts.lists.contact_list import ContactList
from functions.core.contacts.lists.list_filters import properties_in
from functions.core.contacts.property_definitions import (
    BUILT_IN,
    DEFINITIONS_MAX,
    DEFINITIONS_OCTETS_MAX,
    PropertyDefinition,
)
from functions.core.errors import Conflict, NotFound, Rejected
from functions.ports import Clock
from functions.ports.contacts import ContactLists, PropertyDefinitions

Definitions = Mapping[str, PropertyDefinition]


class ContactProperties(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies."""

    definitions: PropertyDefinitions
    lists: ContactLists
    clock: Clock

    def list(self) -> Definitions:
        """Returns the built-in properties and the users' own, by name."""
        return {**BUILT_IN, **{one.name: one for one in self.definitions.all()}}

    def get(self, name: str) -> PropertyDefinition:
        """Raises NotFound."""
        definitions = self.list()
        if name not in definitions:
            raise NotFound(property_definitions.unknown(definitions, name))
        return definitions[name]

    def create(self, definition: PropertyDefinition, by: Actor) -> PropertyDefinition:
        """Raises Forbidden, Rejected, and Conflict if the name is taken or there are too many."""
        by.require(CONTACT_DATA, ACCOUNT)
        _check(definition)
        now = timestamps.iso(self.clock())
        created = replace(definition, created_at=now, updated_at=now)

        def added(stored: Definitions) -> Definitions:
            if created.name in {**BUILT_IN, **stored}:
                raise Conflict(f"there is a contact property {created.name!r} already")
            return _limited({**stored, created.name: created})

        self.definitions.edit(added)
        return created

    def update(self, name: str, fields: Mapping[str, Any], by: Actor) -> PropertyDefinition:
        """Stored values stay as they are, also if they do not fit a changed type. Raises Forbidden, Rejected, NotFound or Conflict."""
        by.require(CONTACT_DATA, ACCOUNT)

        def changed(stored: Definitions) -> Definitions:
            definition = replace(stored[name], **fields, updated_at=timestamps.iso(self.clock()))
            _check(definition)
            return _limited({**stored, name: definition})

        return self._edit(name, changed)[name]

    def delete(self, name: str, by: Actor) -> None:
        """The contacts' values stay, and are shown again if the property is defined again. Raises Forbidden, NotFound, and Conflict if a list's
        filters use it.
        """
        by.require(CONTACT_DATA, ACCOUNT)
        if users := self.lists_using(name):
            ids = ", ".join(str(one.id) for one in users)
            raise Conflict(f"the filters of the list {ids} use {name}: change them first")
        self._edit(name, lambda stored: {key: one for key, one in stored.items() if key != name})

    def lists_using(self, name: str) -> Sequence[ContactList]:
        """Returns the lists whose filters use the property. A list that chose its contacts once uses it no longer."""
        return [
            one
            for one in self.lists.all()
            if one.is_dynamic and not one.deleted_at and one.filter_branch and name in properties_in(one.filter_branch)
        ]

    def _edit(self, name: str, change: Callable[[Definitions], Definitions]) -> Definitions:
        def checked(stored: Definitions) -> Definitions:
            if name in BUILT_IN:
                raise Conflict(f"{name} is built in: it cannot be changed")
            if name not in stored:
                raise NotFound(property_definitions.unknown({**BUILT_IN, **stored}, name))
            return change(stored)

        return self.definitions.edit(checked)


def _check(definition: PropertyDefinition) -> None:
    if errors := list(property_definitions.errors_of(definition)):
        raise Rejected(errors)


def _limited(definitions: Definitions) -> Definitions:
    """Every check of a contact's properties reads all definitions, so their number and size have limits."""
    if len(definitions) > DEFINITIONS_MAX:
        raise Conflict(f"there are {DEFINITIONS_MAX} contact properties already, which is the most: delete one of them")
    octets = len(msgspec.json.encode(list(definitions.values())))
    if octets > DEFINITIONS_OCTETS_MAX:
        message = f"the contact properties would have {octets:,} bytes; at most {DEFINITIONS_OCTETS_MAX:,} are allowed"
        raise Conflict(f"{message}: shorten descriptions or options")
    return definitions
