"""The labels of properties in the visitor's language. A label of the team's own stays as it is, unless a built-in one has the same words."""

from __future__ import annotations

from functions.core.contacts.property_definitions import PropertyDefinition
from functions.i18n.marks import N_
from functions.pages.visit import PageVisit

BUILT_IN = (
    N_("Email"),
    N_("First name"),
    N_("Last name"),
    N_("Salutation"),
    N_("Phone number"),
    N_("Mobile phone number"),
    N_("Company name"),
    N_("Job title"),
    N_("Website"),
    N_("Street address"),
    N_("Postal code"),
    N_("City"),
    N_("State or region"),
    N_("Country or region"),
    N_("Preferred language"),
    N_("Time zone"),
    N_("Date of birth"),
    N_("Create date"),
    N_("Last modified date"),
    N_("Record id"),
)


def label_of(visit: PageVisit, definition: PropertyDefinition) -> str:
    return visit.gettext(definition.label) if definition.label in BUILT_IN else definition.label
