"""Whether a condition of a definition is met. Properties compare as in contact filters; `none` is met if none of its conditions is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from functions.core.automations.definition import Condition, Engagement
from functions.core.contacts import filters
from functions.core.contacts.filters import PropertyFilter
from functions.core.contacts.property_definitions import PropertyDefinition, PropertyType
from functions.core.errors import FieldError

KINDS = ("all", "any", "none", "property", "event", "step")
EVENT_DEPTH_MAX = 10


class Facts(Struct, frozen=True, kw_only=True):
    """What the rules may read about a run."""

    now: float
    contact: Mapping[str, str]
    definitions: Mapping[str, PropertyDefinition]
    event: Mapping[str, Any]  # the properties of the event that started the run
    engagements: Callable[[str], Collection[Engagement]]  # of the mail that a step sent, by the step's id


def is_met(condition: Condition, facts: Facts) -> bool:
    if condition.all is not None:
        return all(is_met(inner, facts) for inner in condition.all)
    if condition.any is not None:
        return any(is_met(inner, facts) for inner in condition.any)
    if condition.none is not None:
        return not any(is_met(inner, facts) for inner in condition.none)
    if condition.step is not None:
        return condition.was in facts.engagements(condition.step)
    if condition.event is not None:
        stored = event_value(facts.event, condition.event)
        values = {} if stored is None else {condition.event: text_of(stored)}
        return filters.matches([(_filter(condition),)], values, {condition.event: _event_property(condition)})
    name = condition.property or ""
    return name in facts.definitions and filters.matches([(_filter(condition),)], facts.contact, facts.definitions)


def errors_of(condition: Condition, definitions: Mapping[str, PropertyDefinition], where: str) -> Iterator[FieldError]:
    """Yields each error of a condition and its inner ones."""
    kinds = [kind for kind in KINDS if getattr(condition, kind) is not None]
    if len(kinds) != 1:
        yield FieldError(where, f"must have one of {', '.join(KINDS)}, not {' and '.join(kinds) or 'none of them'}")
        return
    kind = kinds[0]
    if kind in {"all", "any", "none"}:
        for number, inner in enumerate(getattr(condition, kind)):
            yield from errors_of(inner, definitions, f"{where}.{kind}[{number}]")
    elif kind == "step":
        yield from _needs(condition, "was", where)
    else:
        yield from _needs(condition, "operator", where)
        if condition.operator is not None:
            readable = definitions if kind == "property" else {condition.event or "": _event_property(condition)}
            for error in filters.errors_of([(_filter(condition),)], readable, where):
                yield FieldError(where, error.message, error.code)


def _needs(condition: Condition, name: str, where: str) -> Iterator[FieldError]:
    if getattr(condition, name) is None:
        yield FieldError(f"{where}.{name}", "is required here", "REQUIRED_FIELD")


def inner(condition: Condition) -> Iterator[Condition]:
    """Yields the condition and every one in it."""
    yield condition
    for part in (condition.all or (), condition.any or (), condition.none or ()):
        for one in part:
            yield from inner(one)


def event_value(properties: Mapping[str, Any], path: str) -> Any:
    """Returns the value at a path like `order.total`, or None. A name may have a dot in it."""
    if path in properties:
        return properties[path]
    value: Any = properties
    for name in path.split(".")[:EVENT_DEPTH_MAX]:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def text_of(value: Any) -> str:
    """Returns a value as a contact's property stores it: true → 'true', 7 → '7'."""
    return value if isinstance(value, str) else "" if value is None else msgspec.json.encode(value).decode()


def _filter(condition: Condition) -> PropertyFilter:
    if condition.operator is None:
        raise ValueError("a condition that was not checked")
    values = [condition.value, condition.high_value, *(condition.values or ())]
    return PropertyFilter(
        name=condition.property or condition.event or "",
        operator=condition.operator,
        values=tuple(text_of(value) for value in values if value is not None),
    )


def _event_property(condition: Condition) -> PropertyDefinition:
    """An event's properties have no stated types: a number in the definition compares as a number."""
    values = [condition.value, condition.high_value, *(condition.values or ())]
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    kind = PropertyType.NUMBER if numbers else PropertyType.STRING
    return PropertyDefinition(name=condition.event or "", label=condition.event or "", type=kind)
