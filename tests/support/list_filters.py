"""Filters of lists to test with."""

from __future__ import annotations

from typing import Any

import msgspec

from functions.core.contacts.lists.list_filters import AnyBranch


def operation(kind: str, operator: str, **values: Any) -> dict[str, Any]:
    return {"operationType": kind, "operator": operator, **values}


def property_filter(name: str, kind: str, operator: str, **values: Any) -> dict[str, Any]:
    return {"filterType": "PROPERTY", "property": name, "operation": operation(kind, operator, **values)}


def in_list(list_id: int | str, operator: str = "IN_LIST") -> dict[str, Any]:
    return {"filterType": "IN_LIST", "listId": str(list_id), "operator": operator}


def branch(*groups: list[dict[str, Any]]) -> dict[str, Any]:
    """Returns a root of groups, one of which must match whole."""
    below = [{"filterBranchType": "AND", "filterBranches": [], "filters": filters} for filters in groups]
    return {"filterBranchType": "OR", "filterBranches": below, "filters": []}


def city(name: str) -> dict[str, Any]:
    return property_filter("city", "MULTISTRING", "IS_EQUAL_TO", values=[name])


def city_is(name: str) -> AnyBranch:
    return msgspec.convert(branch([city(name)]), AnyBranch)
