"""Conditions on contacts as a person writes them, in rows of property, comparison and value. A list has them as filters, and a search too.

A filter that no row can express has no condition: `conditions_of` returns None rather than a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from msgspec import Struct

from functions.core.contacts.filters import Operator, PropertyFilter
from functions.core.contacts.lists.list_filters import (
    AllBranch,
    AnyBranch,
    DatePoint,
    FilterBranch,
    FlagOperation,
    ListFilter,
    MembershipFilter,
    NumberOperation,
    OptionsOperation,
    PresenceOperation,
    PropertyListFilter,
    PropertyOperation,
    TextsOperation,
    TimePointOperation,
    number_value,
)
from functions.core.contacts.property_definitions import PropertyDefinition, PropertyType, unknown

VALUE_MAX = 1000  # characters


class Comparison(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    CONTAINS_NOT = "contains_not"
    ABOVE = "above"
    AT_LEAST = "at_least"
    BELOW = "below"
    AT_MOST = "at_most"
    HAS_VALUE = "has_value"
    HAS_NO_VALUE = "has_no_value"
    IN_LIST = "in_list"
    NOT_IN_LIST = "not_in_list"


class ContactCondition(Struct, frozen=True):
    property: str  # empty: the condition looks into a list
    comparison: Comparison
    value: str = ""  # several options are separated by semicolons; of a list: its id


class ConditionError(ValueError):
    """A condition that fits neither its property nor a list."""


_MEMBERSHIPS: Mapping[Comparison, Any] = {Comparison.IN_LIST: "IN_LIST", Comparison.NOT_IN_LIST: "NOT_IN_LIST"}
_PRESENCE: Mapping[Comparison, Any] = {Comparison.HAS_VALUE: "IS_KNOWN", Comparison.HAS_NO_VALUE: "IS_UNKNOWN"}
_EQUALITY: Mapping[Comparison, Any] = {Comparison.IS: "IS_EQUAL_TO", Comparison.IS_NOT: "IS_NOT_EQUAL_TO"}
_TEXTS: Mapping[Comparison, Any] = {
    **_EQUALITY,
    Comparison.CONTAINS: "CONTAINS",
    Comparison.CONTAINS_NOT: "DOES_NOT_CONTAIN",
}
_OPTIONS: Mapping[Comparison, Any] = {Comparison.IS: "IS_ANY_OF", Comparison.IS_NOT: "IS_NONE_OF"}
_NUMBERS: Mapping[Comparison, Any] = {
    **_EQUALITY,
    Comparison.ABOVE: "IS_GREATER_THAN",
    Comparison.AT_LEAST: "IS_GREATER_THAN_OR_EQUAL_TO",
    Comparison.BELOW: "IS_LESS_THAN",
    Comparison.AT_MOST: "IS_LESS_THAN_OR_EQUAL_TO",
}
_TIMES: Mapping[Comparison, Any] = {
    Comparison.ABOVE: ("IS_AFTER", "EXCLUSIVE"),
    Comparison.AT_LEAST: ("IS_AFTER", "INCLUSIVE"),
    Comparison.BELOW: ("IS_BEFORE", "EXCLUSIVE"),
    Comparison.AT_MOST: ("IS_BEFORE", "INCLUSIVE"),
}
_FITTING: Mapping[PropertyType, Mapping[Comparison, Any]] = {
    PropertyType.STRING: _TEXTS,
    PropertyType.ENUMERATION: _OPTIONS,
    PropertyType.BOOL: _EQUALITY,
    PropertyType.NUMBER: _NUMBERS,
    PropertyType.DATE: _TIMES,
    PropertyType.DATETIME: _TIMES,
}
_SEARCHES = {
    Comparison.IS: Operator.EQ,
    Comparison.IS_NOT: Operator.NEQ,
    Comparison.CONTAINS: Operator.CONTAINS_TOKEN,
    Comparison.CONTAINS_NOT: Operator.NOT_CONTAINS_TOKEN,
    Comparison.ABOVE: Operator.GT,
    Comparison.AT_LEAST: Operator.GTE,
    Comparison.BELOW: Operator.LT,
    Comparison.AT_MOST: Operator.LTE,
    Comparison.HAS_VALUE: Operator.HAS_PROPERTY,
    Comparison.HAS_NO_VALUE: Operator.NOT_HAS_PROPERTY,
}
SEARCHABLE = tuple(_SEARCHES)  # a search looks into no list


def to_search_filter(one: ContactCondition) -> PropertyFilter:
    """Raises ConditionError. The search itself checks whether the value fits its property."""
    if one.comparison not in _SEARCHES:
        raise ConditionError("looks into a list, and a search cannot")
    return PropertyFilter(
        name=one.property, operator=_SEARCHES[one.comparison], values=(one.value,) if one.value else ()
    )


def to_branch(groups: Sequence[Sequence[ListFilter]]) -> FilterBranch:
    """Every filter of a group must pass; one group is enough."""
    return AnyBranch(filter_branches=tuple(AllBranch(filters=tuple(filters)) for filters in groups))


def to_filter(one: ContactCondition, definitions: Mapping[str, PropertyDefinition]) -> ListFilter:
    """Raises ConditionError."""
    if not one.property:
        if one.comparison not in _MEMBERSHIPS:
            raise ConditionError("a list needs the comparison “is in the list” or “is not in the list”")
        if not re.fullmatch(r"[1-9][0-9]{0,14}", one.value):
            raise ConditionError(f"there is no list {one.value[:100]!r}")
        return MembershipFilter(list_id=one.value, operator=_MEMBERSHIPS[one.comparison])
    definition = definitions.get(one.property)
    if definition is None:
        raise ConditionError(unknown(definitions, one.property))
    return PropertyListFilter(property=one.property, operation=_operation(one, definition))


def conditions_of(
    branch: FilterBranch, definitions: Mapping[str, PropertyDefinition]
) -> list[list[ContactCondition]] | None:
    """Returns the groups of conditions that mean exactly the branch, or None if rows cannot express it."""
    if not isinstance(branch, AnyBranch):
        return None
    groups = [[_condition(one) for one in below.filters] for below in branch.filter_branches]
    conditions = [[one for one in group if one is not None] for group in groups]
    try:
        same = to_branch([[to_filter(one, definitions) for one in group] for group in conditions])
    except ConditionError:
        return None
    return conditions if same == branch else None


def _operation(one: ContactCondition, definition: PropertyDefinition) -> PropertyOperation:
    if one.comparison in _PRESENCE:
        return PresenceOperation(operator=_PRESENCE[one.comparison])
    fitting = _FITTING[definition.type]
    if one.comparison not in fitting:
        words = ", ".join([*fitting, *_PRESENCE]).replace("_", " ")
        raise ConditionError(f"does not fit {one.property}, which is of the type {definition.type}: use {words}")
    if not one.value or len(one.value) > VALUE_MAX:
        raise ConditionError(f"needs a value of at most {VALUE_MAX} characters")
    match definition.type:
        case PropertyType.STRING:
            return TextsOperation(operator=_TEXTS[one.comparison], values=(one.value,))
        case PropertyType.ENUMERATION:
            return OptionsOperation(operator=_OPTIONS[one.comparison], values=_options(one.value))
        case PropertyType.BOOL:
            return FlagOperation(operator=_EQUALITY[one.comparison], value=_flag(one.value))
        case PropertyType.NUMBER:
            return NumberOperation(operator=_NUMBERS[one.comparison], value=_number(one.value))
        case PropertyType.DATE | PropertyType.DATETIME:
            operator, endpoint = _TIMES[one.comparison]
            return TimePointOperation(operator=operator, time_point=_day(one.value), endpoint_behavior=endpoint)


def _condition(one: ListFilter) -> ContactCondition | None:
    """Returns the nearest condition. It may mean less than the filter, so the caller compares."""
    if isinstance(one, MembershipFilter):
        return ContactCondition("", Comparison(one.operator.lower()), one.list_id)
    comparison, value = _row(one.operation)
    is_line = value == value.strip() and value.isprintable()
    return ContactCondition(one.property, comparison, value) if comparison and is_line else None


def _row(operation: PropertyOperation) -> tuple[Comparison | None, str]:
    table: Mapping[Comparison, Any]
    word: object = operation.operator
    match operation:
        case PresenceOperation():
            table, value = _PRESENCE, ""
        case TextsOperation():
            table, value = _TEXTS, operation.values[0]
        case OptionsOperation():
            table, value = _OPTIONS, ";".join(operation.values)
        case FlagOperation():
            table, value = _EQUALITY, str(operation.value).lower()
        case NumberOperation():
            table, value = _NUMBERS, str(operation.value)
        case TimePointOperation(time_point=DatePoint() as point):
            table, value = _TIMES, f"{point.year:04}-{point.month:02}-{point.day:02}"
            word = (operation.operator, operation.endpoint_behavior)
        case _:
            return None, ""
    return _key(table, word), value


def _key(table: Mapping[Comparison, object], value: object) -> Comparison | None:
    return next((comparison for comparison, word in table.items() if word == value), None)


def _options(text: str) -> tuple[str, ...]:
    options = tuple(option for part in text.split(";") if (option := part.strip()))
    if not options:
        raise ConditionError("needs at least one option")
    return options


def _flag(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ConditionError("must be true or false")
    return text.lower() == "true"


def _number(text: str) -> int | float:
    try:
        return number_value(text)
    except ValueError as error:
        raise ConditionError(f"must be a number, not {text[:100]!r}") from error


def _day(text: str) -> DatePoint:
    try:
        day = date.fromisoformat(text if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else "")
    except ValueError as error:
        raise ConditionError(f"must be a day like 2026-11-23, not {text[:100]!r}") from error
    return DatePoint(year=day.year, month=day.month, day=day.day)
