"""The rule in `functions/routes/__init__.py`: what an operation may do with a port itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROUTES = Path(__file__).parents[2] / "functions" / "routes"
READS = {"get", "all", "latest", "by_email"}
LOG = "wiring.access.audit_log"  # logs what a step did
MODULES = sorted(path for path in ROUTES.glob("*/*.py") if "wiring" in path.read_text())


def port_uses(source: str) -> Iterator[str]:
    """Yields each use of a port: `name.method()`, or `name` if it is not called at once."""
    tree = ast.parse(source)
    called: dict[ast.AST, str] = {
        call.func.value: f"{factory_name}.{call.func.attr}"
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and (factory_name := factory_of(call.func.value))
    }
    for node in ast.walk(tree):
        if (name := factory_of(node)) and name.startswith("wiring.adapters."):
            yield called.get(node, name)


def factory_of(node: ast.AST) -> str:
    """Returns the factory of `wiring.get(...)`; empty for any other expression."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in {"wiring.get", "wiring.container().get"}:
        return ast.unparse(node.args[0])
    return ""


def operations(source: str) -> dict[str, list[str]]:
    """Returns the factories that each function uses, also through the module's other functions."""
    functions = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    return {name: list(_factories(node, functions, {name})) for name, node in functions.items()}


def _factories(function: ast.FunctionDef, functions: dict[str, ast.FunctionDef], visited: set[str]) -> Iterator[str]:
    for node in ast.walk(function):
        if name := factory_of(node):
            yield name
        if isinstance(node, ast.Name) and node.id in functions.keys() - visited:
            yield from _factories(functions[node.id], functions, visited | {node.id})


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_an_operation_only_reads_a_port(path: Path) -> None:
    for use in port_uses(path.read_text()):
        assert use.rpartition(".")[2] in READS, f"{use} is for a step"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_an_operation_reads_one_port_or_calls_steps(path: Path) -> None:
    for name, factories in operations(path.read_text()).items():
        ports = [factory for factory in factories if factory.startswith("wiring.adapters.")]
        assert not ports or set(factories) - {LOG} == {ports[0]}, f"{name} combines {factories}"
        assert len(ports) <= 1, f"{name} reads {ports}"


def test_the_rule_finds_writes_and_combinations() -> None:
    source = """
def rename(request):
    key = wiring.get(wiring.adapters.access.api_keys).rename(request.key_id)
    return cancel(key, sends=wiring.get(wiring.adapters.sending.sends))

def view(request):
    return wiring.get(wiring.adapters.emails.emails).get(7), _counters()

def _counters():
    return wiring.get(wiring.statistics.read_statistics).totals([7])
"""
    assert list(port_uses(source)) == [
        "wiring.adapters.access.api_keys.rename",
        "wiring.adapters.sending.sends",
        "wiring.adapters.emails.emails.get",
    ]
    assert sorted(operations(source)["view"]) == ["wiring.adapters.emails.emails", "wiring.statistics.read_statistics"]


def test_there_are_modules_to_check() -> None:
    assert len(MODULES) > 10
