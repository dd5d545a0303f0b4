"""The field of a value of a contact's property: a pick list if the property has options, else a field of its kind.

A value that this field cannot show, like a date in another form, is in a field of text: it stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from functions.core.automations.form.condition_fields import NO_VALUE, PROPERTY, SEVERAL
from functions.core.contacts.filters import Operator
from functions.core.contacts.property_definitions import FieldType, PropertyDefinition, PropertyType
from functions.pages.visit import PageVisit

LIST, OPTIONS = "list", "options"
_JOINTS = {LIST: "; ", OPTIONS: ";"}  # between the values of a condition, and between the options of one value
_TEXT_ONLY = (*NO_VALUE, Operator.CONTAINS_TOKEN, Operator.NOT_CONTAINS_TOKEN)
_INPUTS = {
    PropertyType.NUMBER: ("number", re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,17})?")),
    PropertyType.DATE: ("date", re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")),
    PropertyType.DATETIME: ("datetime-local", re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")),
}
_RANGE = 2  # the ends of BETWEEN


class ValueField(Struct, frozen=True):
    """`control`: select, boxes, or the type of an input for each of the texts."""

    control: str
    texts: Sequence[str]
    options: Sequence[tuple[str, str]] = ()
    joint: str = LIST  # the name of what is between the texts, in the one text that the form has


def of_condition(
    visit: PageVisit, definitions: Mapping[str, PropertyDefinition], row: tuple[str, str, str, str]
) -> ValueField:
    subject, _, comparison, text = row
    definition = definitions.get(subject.removeprefix(PROPERTY)) if subject.startswith(PROPERTY) else None
    if definition is None or comparison in _TEXT_ONLY:
        return ValueField("text", [text])
    if comparison in SEVERAL:
        return _several(visit, definition, text, LIST)
    if comparison == Operator.BETWEEN:
        return _range(definition, text)
    return of_property(visit, definition, text)


def of_property(visit: PageVisit, definition: PropertyDefinition | None, text: str) -> ValueField:
    if definition is None:
        return ValueField("text", [text])
    if definition.field_type is FieldType.CHECKBOX:
        return _several(visit, definition, text, LIST if _JOINTS[LIST] in text else OPTIONS)
    if options := _options(visit, definition):
        return ValueField("select", [text], options)
    return ValueField(_input(definition, [text]), [text])


def joined(values: Sequence[str], joint: str) -> str:
    """Returns the text of a field that came with several values."""
    return _JOINTS.get(joint, _JOINTS[LIST]).join(text for one in values if (text := one.strip()))


def _options(visit: PageVisit, definition: PropertyDefinition) -> list[tuple[str, str]]:
    if definition.type is PropertyType.BOOL and not definition.options:
        return [("true", visit.gettext("Yes")), ("false", visit.gettext("No"))]
    return [(option.value, option.label) for option in definition.options]


def _several(visit: PageVisit, definition: PropertyDefinition, text: str, joint: str) -> ValueField:
    """What is chosen comes first, in its order: so an unchanged form sends the same text."""
    options = _options(visit, definition)
    chosen = text.split(_JOINTS[joint]) if text else []
    if not options or len(set(chosen)) < len(chosen) or not all(one and one == one.strip() for one in chosen):
        return ValueField("text", [text])
    labels = dict(options)
    first = [(one, labels.get(one) or visit.gettext("%(value)s (not found)", value=one)) for one in chosen]
    return ValueField("boxes", chosen, [*first, *(option for option in options if option[0] not in chosen)], joint)


def _range(definition: PropertyDefinition, text: str) -> ValueField:
    ends = [*text.split(_JOINTS[LIST]), ""][:_RANGE] if text else [""] * _RANGE
    control = _input(definition, ends)
    is_exact = _JOINTS[LIST].join(end for end in ends if end) == text
    return ValueField(control, ends) if control != "text" and is_exact else ValueField("text", [text])


def _input(definition: PropertyDefinition, texts: Sequence[str]) -> str:
    """Returns the type of an input that shows the texts."""
    name, form = _INPUTS.get(definition.type, ("text", re.compile("")))
    return name if all(not text or form.fullmatch(text) for text in texts) else "text"
