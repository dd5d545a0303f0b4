"""Conditions of a command line, such as `city=Rome`, as the filters of a list."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from functions.core.contacts.filters import Operator, PropertyFilter
from functions.core.contacts.property_definitions import PropertyDefinition, PropertyType, unknown
from infra.cli.errors import CommandError

_CONDITION = re.compile(r"\s*([a-z][a-z0-9_]*)\s*(?:(!=|>=|<=|=|>|<|~)\s*(.+?)|(\?|!))\s*", re.DOTALL)
_LIST = re.compile(r"\s*(not )?in list ([0-9]{1,18})\s*")
_SEARCHES = "city=Rome, city!=Rome, city~rome, age>=18, phone?, phone!"
_OPERATORS = {"=": "EQ", "!=": "NEQ", "~": "CONTAINS_TOKEN", ">": "GT", ">=": "GTE", "<": "LT", "<=": "LTE"}
_PRESENCE = {"?": "IS_KNOWN", "!": "IS_UNKNOWN"}
_TEXTS = {"=": "IS_EQUAL_TO", "!=": "IS_NOT_EQUAL_TO", "~": "CONTAINS"}
_OPTIONS = {"=": "IS_ANY_OF", "!=": "IS_NONE_OF"}
_NUMBERS = {
    "=": "IS_EQUAL_TO",
    "!=": "IS_NOT_EQUAL_TO",
    ">": "IS_GREATER_THAN",
    ">=": "IS_GREATER_THAN_OR_EQUAL_TO",
    "<": "IS_LESS_THAN",
    "<=": "IS_LESS_THAN_OR_EQUAL_TO",
}
_TIMES = {">": ("IS_AFTER", "EXCLUSIVE"), ">=": ("IS_AFTER", "INCLUSIVE"), "<": ("IS_BEFORE", "EXCLUSIVE")}
_TIMES["<="] = ("IS_BEFORE", "INCLUSIVE")


def filter_branch(conditions: Sequence[str], definitions: Mapping[str, PropertyDefinition]) -> dict[str, Any]:
    """Returns a branch that all conditions must pass. Raises CommandError for a condition that cannot be read."""
    filters = [_filter(condition, definitions) for condition in conditions]
    return {"filterBranchType": "OR", "filterBranches": [{"filterBranchType": "AND", "filters": filters}]}


def search_filters(conditions: Sequence[str], definitions: Mapping[str, PropertyDefinition]) -> list[dict[str, str]]:
    """Returns the conditions as the filters of a search. Raises CommandError for a condition that cannot be read."""
    return [_search_filter(condition, definitions) for condition in conditions]


def property_filters(
    conditions: Sequence[str], definitions: Mapping[str, PropertyDefinition]
) -> tuple[PropertyFilter, ...]:
    """Returns the same filters as core has them."""
    return tuple(
        PropertyFilter(
            name=one["propertyName"],
            operator=Operator(one["operator"]),
            values=(one["value"],) if "value" in one else (),
        )
        for one in search_filters(conditions, definitions)
    )


def _search_filter(condition: str, definitions: Mapping[str, PropertyDefinition]) -> dict[str, str]:
    name, operator, value, mark = _parts(condition, definitions, _SEARCHES)
    if mark:
        return {"propertyName": name, "operator": "HAS_PROPERTY" if mark == "?" else "NOT_HAS_PROPERTY"}
    return {"propertyName": name, "operator": _OPERATORS[operator], "value": value}


def _filter(condition: str, definitions: Mapping[str, PropertyDefinition]) -> dict[str, Any]:
    if member := _LIST.fullmatch(condition):
        return {"filterType": "IN_LIST", "listId": member[2], "operator": "NOT_IN_LIST" if member[1] else "IN_LIST"}
    name, operator, value, mark = _parts(condition, definitions, f"{_SEARCHES}, 'in list 3' or 'not in list 3'")
    if mark:
        operation = {"operationType": "ALL_PROPERTY", "operator": _PRESENCE[mark]}
    else:
        operation = _operation(definitions[name], operator, value)
    return {"filterType": "PROPERTY", "property": name, "operation": operation}


def _parts(condition: str, definitions: Mapping[str, PropertyDefinition], right: str) -> tuple[str, str, str, str]:
    """Returns the property, the operator and its value, or the mark in place of both."""
    match = _CONDITION.fullmatch(condition)
    if not match:
        raise CommandError(f"{condition!r} is no condition: write it as {right}")
    name, operator, value, mark = (part or "" for part in match.groups())
    if name not in definitions:
        raise CommandError(unknown(definitions, name))
    return name, operator, value, mark


def _operation(definition: PropertyDefinition, operator: str, value: str) -> dict[str, Any]:
    match definition.type:
        case PropertyType.STRING if operator in _TEXTS:
            return {"operationType": "MULTISTRING", "operator": _TEXTS[operator], "values": [value]}
        case PropertyType.ENUMERATION if operator in _OPTIONS:
            return {"operationType": "ENUMERATION", "operator": _OPTIONS[operator], "values": value.split(";")}
        case PropertyType.BOOL if operator in _OPTIONS and value in {"true", "false"}:
            return {"operationType": "BOOL", "operator": _NUMBERS[operator], "value": value == "true"}
        case PropertyType.NUMBER if operator in _NUMBERS:
            return {"operationType": "NUMBER", "operator": _NUMBERS[operator], "value": value}
        case PropertyType.DATE | PropertyType.DATETIME if operator in _TIMES:
            word, endpoint = _TIMES[operator]
            return {
                "operationType": "TIME_POINT",
                "operator": word,
                "timePoint": _date(value),
                "endpointBehavior": endpoint,
            }
    raise CommandError(
        f"{operator} {value} does not fit {definition.name}, which is of the type {definition.type}: use --filters"
    )


def _date(value: str) -> dict[str, Any]:
    match = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", value)
    if not match:
        raise CommandError(f"{value!r} is not a day like 2026-11-23")
    return {"timeType": "DATE", "year": int(match[1]), "month": int(match[2]), "day": int(match[3]), "zoneId": "UTC"}
