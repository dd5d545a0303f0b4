"""Conditions of a command line, such as `city=Rome`: core's conditions, written with signs in place of words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from functions.core.contacts.filters import PropertyFilter
from functions.core.contacts.lists.conditions import (
    Comparison,
    ConditionError,
    ContactCondition,
    to_branch,
    to_filter,
    to_search_filter,
)
from functions.core.contacts.property_definitions import PropertyDefinition, unknown
from infra.cli.errors import CommandError

SIGNS: Mapping[str, Comparison] = {
    "=": Comparison.IS,
    "!=": Comparison.IS_NOT,
    "~": Comparison.CONTAINS,
    "!~": Comparison.CONTAINS_NOT,
    ">": Comparison.ABOVE,
    ">=": Comparison.AT_LEAST,
    "<": Comparison.BELOW,
    "<=": Comparison.AT_MOST,
    "?": Comparison.HAS_VALUE,
    "!": Comparison.HAS_NO_VALUE,
}
EXAMPLES = "city=Rome, city!=Rome, city~rome, city!~rome, age>=18, phone?, phone!"
_CONDITION = re.compile(r"\s*([a-z][a-z0-9_]*)\s*(?:(!=|!~|>=|<=|=|>|<|~)\s*(.+?)|(\?|!))\s*", re.DOTALL)
_LIST = re.compile(r"\s*(not )?in list ([0-9]{1,18})\s*")
_Filter = TypeVar("_Filter")


def filter_branch(conditions: Sequence[str], definitions: Mapping[str, PropertyDefinition]) -> dict[str, Any]:
    """Returns a branch that all conditions must pass. Raises CommandError for a condition that cannot be read."""
    filters = [_read(one, definitions, lambda condition: to_filter(condition, definitions)) for one in conditions]
    branch: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(to_branch([filters])))
    return branch


def search_filters(
    conditions: Sequence[str], definitions: Mapping[str, PropertyDefinition]
) -> tuple[PropertyFilter, ...]:
    """Returns the conditions as the filters of a search. Raises CommandError for a condition that cannot be read."""
    return tuple(_read(one, definitions, to_search_filter) for one in conditions)


def _read(
    text: str, definitions: Mapping[str, PropertyDefinition], reader: Callable[[ContactCondition], _Filter]
) -> _Filter:
    condition = _condition(text)
    if condition.property and condition.property not in definitions:
        raise CommandError(unknown(definitions, condition.property))
    try:
        return reader(condition)
    except ConditionError as error:
        raise CommandError(f"{text!r} {error}") from error


def _condition(text: str) -> ContactCondition:
    if member := _LIST.fullmatch(text):
        return ContactCondition("", Comparison.NOT_IN_LIST if member[1] else Comparison.IN_LIST, member[2])
    match = _CONDITION.fullmatch(text)
    if not match:
        raise CommandError(f"{text!r} is no condition: write it as {EXAMPLES}; a filter of a list also as 'in list 3'")
    name, sign, value, mark = (part or "" for part in match.groups())
    return ContactCondition(name, SIGNS[sign or mark], value)
