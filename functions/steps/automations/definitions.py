"""Reads what automations are: all of them, each version's definition, and the properties of contacts.

A worker reads the lists once in each of its batches: an automation that was published before an event then counts for it.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from functions.core.automations import checking
from functions.core.automations.automation import Automation
from functions.core.automations.definition import Definition
from functions.core.contacts.property_definitions import PropertyDefinition
from functions.ports.automations import Automations
from functions.steps.contacts.properties import ContactProperties

DEFINITIONS_MAX = 200


class AutomationCatalog(Struct, kw_only=True):
    """The step with its dependencies."""

    automations: Automations
    contact_properties: ContactProperties
    _listed: list[Automation] | None = None
    _properties: Mapping[str, PropertyDefinition] | None = None
    _definitions: dict[tuple[int, int], Definition] = field(default_factory=dict)

    def all(self) -> list[Automation]:
        if self._listed is None:
            self._listed = self.automations.all()
        return self._listed

    def properties(self) -> Mapping[str, PropertyDefinition]:
        if self._properties is None:
            self._properties = self.contact_properties.list()
        return self._properties

    def latest(self) -> list[Automation]:
        self.refresh()
        return self.all()

    def refresh(self) -> None:
        """Reads the automations and the properties again at their next use. Call it at the beginning of a batch."""
        self._listed = self._properties = None

    def find(self, automation_id: int) -> Automation | None:
        """Reads it again: a job may name an automation that is newer than the list."""
        return self.automations.get(automation_id)

    def definition(self, automation_id: int, version: int) -> Definition | None:
        """Returns the definition of a version, which never changes, or None if its automation was deleted."""
        key = (automation_id, version)
        if key not in self._definitions:
            stored = self.automations.version(automation_id, version)
            if stored is None:
                return None
            if len(self._definitions) >= DEFINITIONS_MAX:
                self._definitions.clear()
            self._definitions[key] = checking.read(stored.text)[0]
        return self._definitions[key]
