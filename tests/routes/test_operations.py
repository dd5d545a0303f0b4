"""Each route has an operation, each operation is where the table of modules names it, and its description is in its room."""

from __future__ import annotations

import importlib
from collections import Counter

import pytest

from functions.routes.operations import MODULES, OPERATIONS, room_of
from functions.routes.table import ROUTES


def test_each_route_has_an_operation_and_each_operation_a_route() -> None:
    assert OPERATIONS.keys() == {route.operation for route in ROUTES}


def test_each_operation_has_one_module() -> None:
    modules = Counter(name for names in MODULES.values() for name in names)
    assert [name for name, number in modules.items() if number > 1] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_its_operations(module: str) -> None:
    imported = importlib.import_module(f"functions.routes.{module}")
    assert [name for name in MODULES[module] if not callable(getattr(imported, name, None))] == []


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - {"get_openapi"}))
def test_an_operation_is_described_in_its_room(name: str) -> None:
    assert name in importlib.import_module(f"functions.routes.{room_of(name)}.openapi").OPERATION_DOCS
