"""Reads what automations are: all of them, each version's definition, and the properties of contacts. A worker remembers them for a moment."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from functions.core.automations import checking
from functions.core.automations.automation import Automation
from functions.core.automations.definition import Definition
from functions.core.contacts.property_definitions import PropertyDefinition
from functions.ports import Clock
from functions.ports.automations import Automations
from functions.steps.contacts.properties import ContactProperties

FRESH_SECONDS = 5  # for which the lists are remembered
DEFINITIONS_MAX = 200


class AutomationCatalog(Struct, kw_only=True):
    """The step with its dependencies."""

    automations: Automations
    contact_properties: ContactProperties
    clock: Clock
    _listed: list[Automation] = field(default_factory=list)
    _listed_at: float = float("-inf")
    _properties: Mapping[str, PropertyDefinition] = field(default_factory=dict)
    _properties_at: float = float("-inf")
    _definitions: dict[tuple[int, int], Definition] = field(default_factory=dict)

    def all(self) -> list[Automation]:
        if self.clock() - self._listed_at >= FRESH_SECONDS:
            self._listed, self._listed_at = self.automations.all(), self.clock()
        return self._listed

    def properties(self) -> Mapping[str, PropertyDefinition]:
        if self.clock() - self._properties_at >= FRESH_SECONDS:
            self._properties, self._properties_at = self.contact_properties.list(), self.clock()
        return self._properties

    def find(self, automation_id: int) -> Automation | None:
        """Reads it again: a job may name an automation that is newer than the remembered list."""
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
