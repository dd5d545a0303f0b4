"""Contact properties: the list, create one, change its labels and options, and archive it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import partial
from typing import Any

from msgspec.structs import replace

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA
from functions.core.contacts.property_definitions import (
    GROUP,
    NAME_PATTERN,
    OPTIONS_MAX,
    TEXT_MAX,
    VALUE_MAX,
    FieldType,
    PropertyDefinition,
    PropertyOption,
    PropertyType,
)
from functions.core.errors import FieldError, Rejected
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.contacts.property_words import label_of
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import PageVisit
from functions.steps.contacts.properties import ContactProperties

PROPERTIES = "/console/contact-properties"
NEW = f"{PROPERTIES}/new-property"
SCOPES = (CONTACT_DATA, ACCOUNT)
KINDS: dict[tuple[PropertyType, FieldType], str] = {
    (PropertyType.STRING, FieldType.TEXT): N_("Text on one line"),
    (PropertyType.STRING, FieldType.TEXTAREA): N_("Text on several lines"),
    (PropertyType.NUMBER, FieldType.NUMBER): N_("Number"),
    (PropertyType.DATE, FieldType.DATE): N_("Date"),
    (PropertyType.DATETIME, FieldType.DATE): N_("Date and time"),
    (PropertyType.BOOL, FieldType.BOOLEANCHECKBOX): N_("Yes or no"),
    (PropertyType.ENUMERATION, FieldType.SELECT): N_("One of several options, in a menu"),
    (PropertyType.ENUMERATION, FieldType.RADIO): N_("One of several options, as buttons"),
    (PropertyType.ENUMERATION, FieldType.CHECKBOX): N_("Any of several options"),
    (PropertyType.ENUMERATION, FieldType.BOOLEANCHECKBOX): N_("One of several options, as a check box"),
}


def show_properties(visit: PageVisit) -> HtmlPage:
    """Lists the team's own properties before the built-in ones."""
    definitions = sorted(_properties().list().values(), key=lambda one: label_of(visit, one).casefold())
    return visit.page(
        "contacts/properties.html",
        own=[(one, _path(one)) for one in definitions if not one.built_in],
        built_in=[one for one in definitions if one.built_in],
        kind_of=partial(_kind, visit),
        label_of=partial(label_of, visit),
    )


def show_new(visit: PageVisit) -> HtmlPage:
    return visit.page(
        "contacts/property_new.html",
        kinds=[(_code(*kind), visit.gettext(words)) for kind, words in KINDS.items()],
        group=GROUP,
    )


def create(visit: PageVisit) -> HtmlPage:
    errors = list(_wrong_texts(visit))
    name = visit.value("name") or name_from(visit.value("label"))
    if not re.fullmatch(NAME_PATTERN, name):
        errors.append(
            FieldError("name", "must be 1 to 100 lower-case letters, digits and underscores, the first one a letter")
        )
    kind = next((kind for kind in KINDS if _code(*kind) == visit.value("kind")), None)
    if kind is None:
        errors.append(FieldError("kind", "must be one of the choices"))
    options = _new_options(visit, errors)
    if errors or kind is None:
        raise Rejected(errors)
    plain = PropertyDefinition(name=name, label="", type=kind[0], field_type=kind[1], options=options)
    definition = replace(plain, **_texts(visit))
    add(visit, definition)
    return visit.redirect(PROPERTIES, visit.gettext("The property “%(name)s” is created.", name=definition.label))


def show_property(visit: PageVisit) -> HtmlPage:
    definition = _properties().get(visit.path("propertyName"))
    return visit.page(
        "contacts/property.html",
        definition=definition,
        path=_path(definition),
        label=label_of(visit, definition),
        kind=_kind(visit, definition),
        has_options=definition.type is PropertyType.ENUMERATION,
    )


def change(visit: PageVisit) -> HtmlPage:
    """Writes the fields that differ. What the page does not show of an option stays as it is."""
    before = _properties().get(visit.path("propertyName"))
    errors = list(_wrong_texts(visit))
    entered: dict[str, Any] = _texts(visit)
    if before.type is PropertyType.ENUMERATION:
        entered["options"] = (*_changed_options(visit, before, errors), *_new_options(visit, errors))
    if len(entered.get("options", ())) > OPTIONS_MAX:
        errors.append(FieldError("options", f"must be at most {OPTIONS_MAX} options"))
    if errors:
        raise Rejected(errors)
    changes = {field: value for field, value in entered.items() if value != getattr(before, field)}
    if not changes:
        return visit.redirect(_path(before), visit.gettext("Nothing was changed."))
    changed = _properties().update(before.name, changes, visit.actor)
    fields = " ".join(sorted(changes))
    wiring.get(wiring.access.audit_log)(AuditAction.PROPERTY_CHANGED, visit.actor, changed.name, fields=fields)
    return visit.redirect(_path(changed), visit.gettext("The property is saved."))


def confirm_archive(visit: PageVisit) -> HtmlPage:
    """A property in the filters of a list has no button: the step refuses it."""
    definition = _properties().get(visit.path("propertyName"))
    return visit.page(
        "contacts/property_archive.html",
        definition=definition,
        path=_path(definition),
        lists=_properties().lists_using(definition.name),
    )


def archive(visit: PageVisit) -> HtmlPage:
    definition = _properties().get(visit.path("propertyName"))
    _properties().delete(definition.name, visit.actor)
    wiring.get(wiring.access.audit_log)(AuditAction.PROPERTY_DELETED, visit.actor, definition.name)
    return visit.redirect(PROPERTIES, visit.gettext("The property “%(name)s” is archived.", name=definition.label))


_PROPERTY = f"{PROPERTIES}/{{propertyName}}"
PAGES = (
    get(PROPERTIES, show_properties, *SCOPES, menu=(MenuGroup.AUDIENCE, N_("Contact properties"))),
    get(NEW, show_new, *SCOPES),  # before a property's own page: no name has a hyphen
    post(NEW, create, *SCOPES, back=show_new),
    get(_PROPERTY, show_property, *SCOPES),
    post(_PROPERTY, change, *SCOPES, back=show_property),
    get(f"{_PROPERTY}/archive", confirm_archive, *SCOPES),
    post(f"{_PROPERTY}/archive", archive, *SCOPES, back=confirm_archive),
)


def add(visit: PageVisit, definition: PropertyDefinition) -> None:
    """Creates a property. Raises Forbidden, Rejected and Conflict."""
    created = _properties().create(definition, visit.actor)
    wiring.get(wiring.access.audit_log)(AuditAction.PROPERTY_CREATED, visit.actor, created.name)


def name_from(label: str) -> str:
    """Returns the name that a label suggests: `Punti fedeltà` → `punti_fedelta`. It is empty for a label without letters of ASCII."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "_", plain).lstrip("_0123456789")[:100].rstrip("_")


def _properties() -> ContactProperties:
    return wiring.get(wiring.contacts.contact_properties)


def _path(definition: PropertyDefinition) -> str:
    return f"{PROPERTIES}/{definition.name}"


def _code(type_: PropertyType, field_type: FieldType) -> str:
    return f"{type_}.{field_type}"


def _kind(visit: PageVisit, definition: PropertyDefinition) -> str:
    return visit.gettext(KINDS[definition.type, definition.field_type])


def _texts(visit: PageVisit) -> dict[str, str]:
    """Returns the entered fields under the definition's names."""
    return {
        "label": visit.value("label"),
        "group_name": visit.value("groupName"),
        "description": visit.value("description"),
        "default": visit.text("defaultValue").strip(),
    }


def _wrong_texts(visit: PageVisit) -> Iterator[FieldError]:
    for name in ("label", "groupName"):
        text = visit.value(name)
        if not text or not _is_line(text):
            yield FieldError(name, f"must be one line of at most {TEXT_MAX} characters")
    if len(visit.value("description")) > TEXT_MAX:
        yield FieldError("description", f"must have at most {TEXT_MAX} characters")
    if len(visit.value("defaultValue")) > VALUE_MAX:
        yield FieldError("defaultValue", f"must have at most {VALUE_MAX} characters")


def _is_line(text: str) -> bool:
    return len(text) <= TEXT_MAX and text.isprintable()


def _new_options(visit: PageVisit, errors: list[FieldError]) -> tuple[PropertyOption, ...]:
    """Reads an option from each line. Its text is its label and its value: a team that needs other values has the API."""
    lines = [line.strip() for line in visit.text("options").splitlines() if line.strip()]
    if len(lines) > OPTIONS_MAX:
        errors.append(FieldError("options", f"must be at most {OPTIONS_MAX} options"))
    if not all(_is_line(line) for line in lines):
        errors.append(FieldError("options", f"must be one line of at most {TEXT_MAX} characters"))
    return tuple(PropertyOption(label=line, value=line) for line in lines)


def _changed_options(
    visit: PageVisit, before: PropertyDefinition, errors: list[FieldError]
) -> Iterator[PropertyOption]:
    """Yields the options that stay. The form names each by its value: one that another person added meanwhile stays too."""
    entered = {
        visit.text(f"value-{number}"): (visit.value(f"label-{number}"), visit.value(f"remove-{number}") == "on")
        for number in range(OPTIONS_MAX)
    }
    for option in before.options:
        label, is_removed = entered.get(option.value, (option.label, False))
        if is_removed:
            continue
        if not label or not _is_line(label):
            errors.append(FieldError("options", f"must be one line of at most {TEXT_MAX} characters"))
        yield replace(option, label=label)
