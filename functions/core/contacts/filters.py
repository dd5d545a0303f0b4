"""HubSpot's filters over contacts, as pure rules. Filters of a group must all match; one matching group is enough.

Texts compare without case. A comparison never matches a contact without the property: NOT_HAS_PROPERTY finds those.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct

from functions.core.contacts.property_definitions import (
    FieldType,
    PropertyDefinition,
    PropertyType,
    PropertyValueError,
    chosen_options,
    number_of,
    unknown,
)
from functions.core.errors import FieldError

GROUPS_MAX, FILTERS_MAX, VALUES_MAX = 5, 6, 100  # HubSpot's own limits
# Where a group's filters are, in a request with groups and in one with a group's filters only.
GROUPS_FIELD, SINGLE_FIELD = "filterGroups[{}].filters", "filters"
QUERIED = ("email", "firstname", "lastname", "phone", "company")  # what a text query reads


class Operator(StrEnum):
    EQ = "EQ"
    NEQ = "NEQ"
    LT = "LT"
    LTE = "LTE"
    GT = "GT"
    GTE = "GTE"
    BETWEEN = "BETWEEN"
    IN = "IN"
    NOT_IN = "NOT_IN"
    HAS_PROPERTY = "HAS_PROPERTY"
    NOT_HAS_PROPERTY = "NOT_HAS_PROPERTY"
    CONTAINS_TOKEN = "CONTAINS_TOKEN"  # noqa: S105 - a word of a text
    NOT_CONTAINS_TOKEN = "NOT_CONTAINS_TOKEN"  # noqa: S105 - a word of a text


class PropertyFilter(Struct, frozen=True, kw_only=True):
    name: str
    operator: Operator
    values: tuple[str, ...] = ()  # one; the two ends of BETWEEN; any number for IN and NOT_IN


FilterGroup = tuple[PropertyFilter, ...]
Comparable = Decimal | str  # of one property all values have the same type

_WITHOUT_VALUE = {Operator.HAS_PROPERTY, Operator.NOT_HAS_PROPERTY}
_LISTS = {Operator.IN, Operator.NOT_IN}
_TOKENS = {Operator.CONTAINS_TOKEN, Operator.NOT_CONTAINS_TOKEN}
_MATCHES: Mapping[Operator, Callable[[Any, Sequence[Any]], bool]] = {
    Operator.EQ: lambda stored, values: stored == values[0],
    Operator.NEQ: lambda stored, values: stored != values[0],
    Operator.LT: lambda stored, values: stored < values[0],
    Operator.LTE: lambda stored, values: stored <= values[0],
    Operator.GT: lambda stored, values: stored > values[0],
    Operator.GTE: lambda stored, values: stored >= values[0],
    Operator.BETWEEN: lambda stored, values: values[0] <= stored <= values[1],
    Operator.IN: lambda stored, values: stored in values,
    Operator.NOT_IN: lambda stored, values: stored not in values,
    Operator.CONTAINS_TOKEN: lambda stored, values: _has_token(str(stored), str(values[0])),
    Operator.NOT_CONTAINS_TOKEN: lambda stored, values: not _has_token(str(stored), str(values[0])),
}


def matches(
    groups: Sequence[FilterGroup], values: Mapping[str, str], definitions: Mapping[str, PropertyDefinition]
) -> bool:
    """Returns whether a contact with these values passes. Without groups every contact does."""
    return not groups or any(all(_passes(one, values, definitions) for one in group) for group in groups)


def _passes(one: PropertyFilter, values: Mapping[str, str], definitions: Mapping[str, PropertyDefinition]) -> bool:
    text = values.get(one.name, "")
    if one.operator in _WITHOUT_VALUE:
        return bool(text) is (one.operator is Operator.HAS_PROPERTY)
    if not text:
        return False
    definition = definitions[one.name]
    if one.operator in _TOKENS:
        return _MATCHES[one.operator](text.lower(), [value.lower() for value in one.values])
    if one.operator in _LISTS and definition.field_type is FieldType.CHECKBOX:
        chosen = set(chosen_options(text.lower())) & {value.strip().lower() for value in one.values}
        return bool(chosen) is (one.operator is Operator.IN)
    stored = comparable(definition, text)
    compared = [comparable(definition, value) for value in one.values]
    return type(stored) is type(compared[0]) and _MATCHES[one.operator](stored, compared)


def comparable(definition: PropertyDefinition, text: str) -> Comparable:
    """A send may have stored a value that does not fit the type: it compares as text, so it matches no number."""
    if definition.type is PropertyType.NUMBER:
        number = number_of(text)
        return text.lower() if number is None else number
    try:
        return definition.read(text).lower()
    except PropertyValueError:
        return text.lower()


def _has_token(stored: str, token: str) -> bool:
    """A token is a word, or words in their order. `*` in it is any text, so `*@example.com` finds the addresses of a domain."""
    words, token_words = re.findall(r"\w+", stored), re.findall(r"\w+", token)
    if "*" in token:
        return any(_like(token, text) for text in (stored, *words))
    return f" {' '.join(token_words)} " in f" {' '.join(words)} "


def _like(pattern: str, text: str) -> bool:
    """Matches a pattern with `*` in linear time, so that no caller's pattern holds up a scan."""
    first, *middle, last = pattern.split("*")
    if not (text.startswith(first) and text.endswith(last) and len(text) >= len(first) + len(last)):
        return False
    start, end = len(first), len(text) - len(last)
    for part in middle:
        at = text.find(part, start, end)
        if at < 0:
            return False
        start = at + len(part)
    return True


def has_text(query: str, values: Mapping[str, str]) -> bool:
    """Returns whether each word of a query is in one of the properties that a query reads."""
    texts = [values.get(name, "").lower() for name in QUERIED]
    return all(any(word in text for text in texts) for word in query.lower().split())


def errors_of(
    groups: Sequence[FilterGroup], definitions: Mapping[str, PropertyDefinition], field: str = GROUPS_FIELD
) -> Iterator[FieldError]:
    """Yields each error of the filters: an unknown property, a value that does not fit its type, a wrong number of values. `field`: where
    a group's filters are in the request.
    """
    for group_number, group in enumerate(groups):
        for number, one in enumerate(group):
            yield from _errors(one, definitions, f"{field.format(group_number)}[{number}]")


def _errors(one: PropertyFilter, definitions: Mapping[str, PropertyDefinition], where: str) -> Iterator[FieldError]:
    definition = definitions.get(one.name)
    if definition is None:
        yield FieldError(f"{where}.propertyName", unknown(definitions, one.name), "PROPERTY_DOESNT_EXIST")
        return
    if message := _wrong_count(one):
        yield FieldError(where, message)
    if one.operator in _TOKENS | _WITHOUT_VALUE:
        return
    for value in one.values:
        try:
            definition.read(value)
        except PropertyValueError as error:
            if definition.type is not PropertyType.ENUMERATION:  # an option may have been removed
                yield FieldError(where, f"{one.name} {error}", error.code)


def _wrong_count(one: PropertyFilter) -> str:
    """Returns the message, or an empty text if the operator has the values that it needs."""
    count = len([value for value in one.values if value.strip()])
    if one.operator in _WITHOUT_VALUE:
        return ""
    if one.operator in _LISTS:
        return "" if 0 < count <= VALUES_MAX else f"{one.operator} needs 1 to {VALUES_MAX} `values`, not {count}"
    if one.operator is Operator.BETWEEN:
        return "" if count == len(("value", "highValue")) else "BETWEEN needs `value` and `highValue`"
    return "" if count == 1 else f"{one.operator} needs one `value`"


def addresses_of(groups: Sequence[FilterGroup]) -> list[PropertyFilter] | None:
    """Returns for each group the filter that names its contacts by address or id. Returns None if contacts must be scanned."""
    named = [
        next((one for one in group if one.name in {"email", "hs_object_id"} and one.operator in _NAMING), None)
        for group in groups
    ]
    present = [one for one in named if one is not None]
    return present if present and len(present) == len(named) else None


_NAMING = {Operator.EQ, Operator.IN}
