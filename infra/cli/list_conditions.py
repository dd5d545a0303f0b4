"""Conditions of a command line, such as `city=Rome`, as the filters of a list."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from functions.core.contacts.property_definitions import PropertyDefinition, PropertyType, unknown
from infra.cli.errors import CommandError

_CONDITION = re.compile(r"\s*([a-z][a-z0-9_]*)\s*(?:(!=|>=|<=|=|>|<|~)\s*(.+?)|(\?|!))\s*", re.DOTALL)
_LIST = re.compile(r"\s*(not )?in list ([0-9]{1,18})\s*")
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


def _filter(condition: str, definitions: Mapping[str, PropertyDefinition]) -> dict[str, Any]:
    if member := _LIST.fullmatch(condition):
        return {"filterType": "IN_LIST", "listId": member[2], "operator": "NOT_IN_LIST" if member[1] else "IN_LIST"}
    match = _CONDITION.fullmatch(condition)
    if not match:
        raise CommandError(
            f"{condition!r} is no condition: write it as city=Rome, city!=Rome, city~om, age>=18, phone?, phone!, "
            "'in list 3' or 'not in list 3'"
        )
    name, operator, value, mark = match.groups()
    if name not in definitions:
        raise CommandError(unknown(definitions, name))
    if mark:
        operation = {"operationType": "ALL_PROPERTY", "operator": _PRESENCE[mark]}
    else:
        operation = _operation(definitions[name], operator, value)
    return {"filterType": "PROPERTY", "property": name, "operation": operation}


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
