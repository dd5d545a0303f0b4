"""Whether a contact passes a list's filters, and what is wrong with filters. Texts compare without case."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from functions.core.contacts.lists.list_filters import (
    DEPTH_MAX,
    FILTERS_MAX,
    AllBranch,
    AnyBranch,
    DatePoint,
    FilterBranch,
    FlagOperation,
    InstantOperation,
    InstantRangeOperation,
    ListFilter,
    MembershipFilter,
    NotAllBranch,
    NotAnyBranch,
    NumberOperation,
    NumberRangeOperation,
    Operation,
    OptionsOperation,
    PresenceOperation,
    PropertyListFilter,
    RollingDaysOperation,
    TextOperation,
    TextsOperation,
    TimePoint,
    TimePointOperation,
    TimeRangeOperation,
    filters_of,
)
from functions.core.contacts.lists.list_times import DAY, instant_of, moment_of
from functions.core.contacts.property_definitions import (
    PropertyDefinition,
    PropertyType,
    chosen_options,
    number_of,
    unknown,
)
from functions.core.errors import FieldError

_TIMES = (TimePointOperation, TimeRangeOperation, InstantOperation, InstantRangeOperation, RollingDaysOperation)
_FITTING: Mapping[PropertyType, tuple[type[Operation], ...]] = {
    PropertyType.STRING: (TextOperation, TextsOperation),
    PropertyType.NUMBER: (NumberOperation, NumberRangeOperation),
    PropertyType.DATE: _TIMES,
    PropertyType.DATETIME: _TIMES,
    PropertyType.ENUMERATION: (OptionsOperation, FlagOperation),
    PropertyType.BOOL: (FlagOperation, OptionsOperation),
}


class FilterContext(Struct, frozen=True):
    """What contacts are compared with."""

    definitions: Mapping[str, PropertyDefinition]
    now: float


def passes(branch: FilterBranch, values: Mapping[str, str], lists: Collection[int], context: FilterContext) -> bool:
    """`lists`: those of the filters' lists that have the contact."""
    results = (
        *(_passes_filter(one, values, lists, context) for one in branch.filters),
        *(passes(below, values, lists, context) for below in branch.filter_branches),
    )
    match branch:
        case AnyBranch():
            return any(results)
        case AllBranch():
            return all(results)
        case NotAllBranch():
            return not all(results)
        case NotAnyBranch():
            return not any(results)


def _passes_filter(one: ListFilter, values: Mapping[str, str], lists: Collection[int], context: FilterContext) -> bool:
    if isinstance(one, MembershipFilter):
        return (int(one.list_id) in lists) is (one.operator == "IN_LIST")
    text, operation = values.get(one.property, ""), one.operation
    if isinstance(operation, PresenceOperation):
        return bool(text) is (operation.operator == "IS_KNOWN")
    if not text:
        return operation.include_objects_with_no_value_set
    definition = context.definitions.get(one.property)
    return definition is not None and _compares(operation, definition, text, context.now)


def _compares(operation: Operation, definition: PropertyDefinition, text: str, now: float) -> bool:
    match operation:
        case TextOperation():
            return _text(operation.operator, text, (operation.value,))
        case TextsOperation():
            return _text(operation.operator, text, operation.values)
        case OptionsOperation():
            return _options(operation, set(chosen_options(text.lower())))
        case FlagOperation():
            return (text.lower() == str(operation.value).lower()) is (operation.operator == "IS_EQUAL_TO")
        case NumberOperation() | NumberRangeOperation():
            return _number(operation, number_of(text))
    return _time(operation, definition, text, now)


def _number(operation: NumberOperation | NumberRangeOperation, number: Decimal | None) -> bool:
    """A value that is no number passes nothing."""
    if number is None:
        return False
    if isinstance(operation, NumberOperation):
        return _NUMBERS[operation.operator](number, Decimal(str(operation.value)))
    is_within = Decimal(str(operation.lower_bound)) <= number <= Decimal(str(operation.upper_bound))
    return is_within is (operation.operator == "IS_BETWEEN")


_NUMBERS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "IS_EQUAL_TO": lambda stored, value: stored == value,
    "IS_NOT_EQUAL_TO": lambda stored, value: stored != value,
    "IS_GREATER_THAN": lambda stored, value: stored > value,
    "IS_GREATER_THAN_OR_EQUAL_TO": lambda stored, value: stored >= value,
    "IS_LESS_THAN": lambda stored, value: stored < value,
    "IS_LESS_THAN_OR_EQUAL_TO": lambda stored, value: stored <= value,
}
_TEXTS: Mapping[str, Callable[[str, str], bool]] = {
    "IS_EQUAL_TO": lambda stored, value: stored == value,
    "CONTAINS": lambda stored, value: value in stored,
    "CONTAINS_EXACTLY": lambda stored, value: f" {_words(value)} " in f" {_words(stored)} ",
    "STARTS_WITH": lambda stored, value: stored.startswith(value),
    "ENDS_WITH": lambda stored, value: stored.endswith(value),
}
_NEGATED = {
    "IS_NOT_EQUAL_TO": "IS_EQUAL_TO",
    "DOES_NOT_CONTAIN": "CONTAINS",
    "DOES_NOT_CONTAIN_EXACTLY": "CONTAINS_EXACTLY",
}


def _text(operator: str, stored: str, values: Collection[str]) -> bool:
    matches = _TEXTS[_NEGATED.get(operator, operator)]
    return any(matches(stored.lower(), value.lower()) for value in values) is (operator not in _NEGATED)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text))


def _options(operation: OptionsOperation, chosen: set[str]) -> bool:
    values = {value.strip().lower() for value in operation.values}
    match operation.operator:
        case "IS_ANY_OF" | "IS_NONE_OF":
            return bool(chosen & values) is (operation.operator == "IS_ANY_OF")
        case "IS_EXACTLY" | "IS_NOT_EXACTLY":
            return (chosen == values) is (operation.operator == "IS_EXACTLY")
        case _:
            return (values <= chosen) is (operation.operator == "CONTAINS_ALL")


def _time(operation: Any, definition: PropertyDefinition, text: str, now: float) -> bool:
    """A value that is no time passes nothing."""
    if isinstance(operation, TimePointOperation):
        includes = operation.endpoint_behavior == "INCLUSIVE"
        return _is_past(definition, text, operation.time_point, operation.operator, now, includes=includes)
    if isinstance(operation, TimeRangeOperation):
        is_within = _is_within(operation, definition, text, now)
        return is_within is not None and is_within is (operation.operator == "IS_BETWEEN")
    stored = moment_of(definition, text, "UTC")
    return stored is not None and _INSTANTS[type(operation)](operation, stored, now)


def _is_within(operation: TimeRangeOperation, definition: PropertyDefinition, text: str, now: float) -> bool | None:
    """Returns None for a value that is no time."""
    if moment_of(definition, text, "UTC") is None:
        return None
    lower, upper = operation.lower_bound_time_point, operation.upper_bound_time_point
    after = operation.lower_bound_endpoint_behavior == "INCLUSIVE"
    before = operation.upper_bound_endpoint_behavior == "INCLUSIVE"
    return _is_past(definition, text, lower, "IS_AFTER", now, includes=after) and _is_past(
        definition, text, upper, "IS_BEFORE", now, includes=before
    )


def _is_past(
    definition: PropertyDefinition, text: str, point: TimePoint, operator: str, now: float, *, includes: bool
) -> bool:
    """Returns whether a value is on the operator's side of a point. `includes`: so is the point itself."""
    stored, instant = moment_of(definition, text, point.zone_id), instant_of(point, now)
    if stored == instant:
        return includes
    return stored is not None and (stored < instant) is (operator == "IS_BEFORE")


_INSTANTS: Mapping[type, Callable[[Any, float, float], bool]] = {
    InstantOperation: lambda one, stored, _: (
        stored < one.timestamp / 1000 if one.operator == "IS_BEFORE" else stored > one.timestamp / 1000
    ),
    InstantRangeOperation: lambda one, stored, _: (
        (one.lower_bound / 1000 <= stored <= one.upper_bound / 1000) is (one.operator == "IS_BETWEEN")
    ),
    RollingDaysOperation: lambda one, stored, now: _ROLLING[one.operator](stored - now, one.number_of_days * DAY),
}
_ROLLING: Mapping[str, Callable[[float, float], bool]] = {
    "IS_LESS_THAN_X_DAYS_AGO": lambda ahead, days: -days < ahead <= 0,
    "IS_MORE_THAN_X_DAYS_AGO": lambda ahead, days: ahead < -days,
    "IS_LESS_THAN_X_DAYS_FROM_NOW": lambda ahead, days: 0 <= ahead < days,
    "IS_MORE_THAN_X_DAYS_FROM_NOW": lambda ahead, days: ahead > days,
}


def errors_of(
    branch: FilterBranch, definitions: Mapping[str, PropertyDefinition], lists: Collection[int]
) -> Iterator[FieldError]:
    """Yields each error of the filters: an unknown property or list, an operation of another type, a date that no calendar has."""
    if not isinstance(branch, AnyBranch):
        yield FieldError("filterBranch.filterBranchType", "must be OR: the branches below it are AND")
    every = list(filters_of(branch))
    if len(every) > FILTERS_MAX:
        yield FieldError("filterBranch", f"has {len(every)} filters; at most {FILTERS_MAX} are allowed")
    yield from _shape_errors(branch, "filterBranch", 1)
    for path, one in every:
        if isinstance(one, MembershipFilter):
            if int(one.list_id) not in lists:
                yield FieldError(f"{path}.listId", f"there is no list {one.list_id}", "UNKNOWN_LIST")
        else:
            yield from _property_errors(one, definitions, path)


def _shape_errors(branch: FilterBranch, path: str, depth: int) -> Iterator[FieldError]:
    if not branch.filters and not branch.filter_branches:
        yield FieldError(path, "needs at least one filter: an empty branch would choose no contact, or every contact")
    if depth > DEPTH_MAX:
        yield FieldError(path, f"is more than {DEPTH_MAX} branches deep")
        return
    for number, below in enumerate(branch.filter_branches):
        yield from _shape_errors(below, f"{path}.filterBranches[{number}]", depth + 1)


def _property_errors(
    one: PropertyListFilter, definitions: Mapping[str, PropertyDefinition], path: str
) -> Iterator[FieldError]:
    definition = definitions.get(one.property)
    if definition is None:
        yield FieldError(f"{path}.property", unknown(definitions, one.property), "PROPERTY_DOESNT_EXIST")
        return
    operation = one.operation
    fitting: tuple[type[Operation], ...] = (PresenceOperation, *_FITTING[definition.type])
    if not isinstance(operation, fitting):
        names = ", ".join(str(type_.__struct_config__.tag) for type_ in fitting)
        message = f"does not fit {one.property}, which is of the type {definition.type}: use {names}"
        yield FieldError(f"{path}.operation.operationType", message)
    for name in ("time_point", "lower_bound_time_point", "upper_bound_time_point"):
        point = getattr(operation, name, None)
        if isinstance(point, DatePoint) and not point.exists:
            yield FieldError(f"{path}.operation", f"{point.year}-{point.month:02}-{point.day:02} is no date")
    if isinstance(operation, NumberRangeOperation | InstantRangeOperation) and _is_reversed(operation):
        yield FieldError(f"{path}.operation.lowerBound", "is above `upperBound`")


def _is_reversed(operation: NumberRangeOperation | InstantRangeOperation) -> bool:
    return operation.lower_bound > operation.upper_bound
