"""Create a contact, and change what is stored of one. The form has a field for each property, of the property's type.

Only what was changed is written: a value that a send stored, and that does not fit its property, stays until a person changes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from msgspec import Struct

from functions import wiring
from functions.core import ids
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA
from functions.core.contacts.contact import Contact
from functions.core.contacts.property_definitions import FieldType, PropertyDefinition, PropertyType, chosen_options
from functions.http.responses import HtmlPage
from functions.pages.contact_paths import CONTACT, CONTACTS, contact_path
from functions.pages.contacts.property_words import label_of
from functions.pages.page import get, post
from functions.pages.visit import PageVisit
from functions.steps.contacts.records import ContactReference, IdProperty

NEW = f"{CONTACTS}/new"
EDIT = f"{CONTACT}/edit"
SCOPES = (CONTACT_DATA, ACCOUNT)
FIELD = "properties."  # before the name of a property, as the errors of the step name it
_FIRST = ("email", "firstname", "lastname")


class PropertyField(Struct, frozen=True):
    definition: PropertyDefinition
    value: str = ""

    @property
    def name(self) -> str:
        return FIELD + self.definition.name

    @property
    def kind(self) -> str:
        """Returns which control shows it. A text of several lines needs several lines, whatever its definition is."""
        if self.definition.field_type is FieldType.CHECKBOX:
            return "checkboxes"
        if self.definition.type in {PropertyType.ENUMERATION, PropertyType.BOOL}:
            return "select"
        if self.definition.field_type is FieldType.TEXTAREA or "\n" in self.value:
            return "textarea"
        return "date" if self.definition.type is PropertyType.DATE else "text"

    @property
    def options(self) -> list[tuple[str, str, str]]:
        """Returns values, labels and descriptions. A stored value that is no option any more is one here."""
        if self.definition.type is PropertyType.BOOL and not self.definition.options:
            options = [("true", "true", ""), ("false", "false", "")]
        else:
            options = [(one.value, one.label, one.description) for one in self.definition.options]
        values = {value for value, _, _ in options}
        return [*options, *((value, value, "") for value in self.chosen if value not in values)]

    @property
    def chosen(self) -> list[str]:
        return chosen_options(self.value) if self.kind == "checkboxes" else [self.value] if self.value else []

    @property
    def unchanged(self) -> str:
        """What the form sends back of a field that was not changed."""
        return ";".join(self.chosen) if self.kind == "checkboxes" else self.value.strip()


def show_new(visit: PageVisit) -> HtmlPage:
    return visit.page("contacts/contact_form.html", path="", fields=_fields({}), label_of=partial(label_of, visit))


def create(visit: PageVisit) -> HtmlPage:
    values = {name: value for name, value in _entered(visit, _fields({})).items() if value or name == "email"}
    contact = wiring.get(wiring.contacts.contact_records).create(values, visit.actor)
    _log(visit, AuditAction.CONTACT_CREATED, contact, values)
    return visit.redirect(contact_path(contact.email), visit.gettext("The contact is created."))


def show_edit(visit: PageVisit) -> HtmlPage:
    contact = _contact(visit)
    return visit.page(
        "contacts/contact_form.html",
        path=contact_path(contact.email),
        fields=_fields(_values(contact)),
        label_of=partial(label_of, visit),
    )


def edit(visit: PageVisit) -> HtmlPage:
    contact = _contact(visit)
    fields = _fields(_values(contact))
    unchanged = {one.definition.name: one.unchanged for one in fields}
    changes = {name: value for name, value in _entered(visit, fields).items() if value != unchanged[name]}
    if not changes:
        return visit.redirect(contact_path(contact.email), visit.gettext("Nothing was changed."))
    reference = ContactReference(contact.email, IdProperty.EMAIL)
    contact = wiring.get(wiring.contacts.contact_records).update(reference, changes, visit.actor)
    _log(visit, AuditAction.CONTACT_CHANGED, contact, changes)
    return visit.redirect(contact_path(contact.email), visit.gettext("The contact is saved."))


PAGES = (
    get(NEW, show_new, *SCOPES),
    post(NEW, create, *SCOPES, back=show_new),
    get(EDIT, show_edit, *SCOPES),
    post(EDIT, edit, *SCOPES, back=show_edit),
)


def _contact(visit: PageVisit) -> Contact:
    """Raises NotFound."""
    reference = ContactReference(visit.path("email"), IdProperty.EMAIL)
    return wiring.get(wiring.contacts.contact_records).get(reference)


def _values(contact: Contact) -> Mapping[str, str]:
    return {**contact.values, "email": contact.email}


def _fields(values: Mapping[str, str]) -> list[PropertyField]:
    definitions = wiring.get(wiring.contacts.contact_properties).list()
    names = sorted(
        (name for name, one in definitions.items() if not one.read_only), key=lambda name: name not in _FIRST
    )
    return [PropertyField(definitions[name], values.get(name, "")) for name in names]


def _entered(visit: PageVisit, fields: Iterable[PropertyField]) -> dict[str, str]:
    return {one.definition.name: _value(visit, one) for one in fields}


def _value(visit: PageVisit, one: PropertyField) -> str:
    if one.kind == "checkboxes":
        return ";".join(visit.values(one.name))
    return visit.text(one.name).strip() if one.kind == "textarea" else visit.value(one.name)


def _log(visit: PageVisit, action: AuditAction, contact: Contact, changes: Mapping[str, str]) -> None:
    names = " ".join(sorted(changes))
    wiring.get(wiring.access.audit_log)(action, visit.actor, ids.address_hash(contact.email), fields=names)
