"""Finds members that a variable of ours does not have (`content.subjct`), and calls of what is no function (`contact()`)."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes

from functions.core.templates.checking.removed_links import UNSUBSCRIBE_LINKS
from functions.core.templates.hubl.checking import Finding
from functions.core.templates.hubl.hubspot_names import NO_MEMBER
from functions.core.templates.hubl.rewriting import name_of
from functions.core.templates.rendering import FUNCTION_NAMES, MEMBERS, NAMES
from functions.core.unknown_names import existing

_VALUES = NAMES.union(UNSUBSCRIBE_LINKS) - FUNCTION_NAMES


def errors(tree: nodes.Template) -> Iterator[Finding]:
    """Yields an error of each unknown member. A template that sets the variable itself may give it any."""
    names_set = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    called = {id(call.node) for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Getattr)}
    parts: list[nodes.Getattr | nodes.Getitem] = [*tree.find_all(nodes.Getattr), *tree.find_all(nodes.Getitem)]
    for node in parts:
        owner = node.node.name if isinstance(node.node, nodes.Name) else ""
        name = name_of(node)
        if owner in MEMBERS.keys() - names_set and name is not None and id(node) not in called:
            yield from [] if name in MEMBERS[owner] else [(node.lineno, _message(owner, name))]


def call_errors(tree: nodes.Template) -> Iterator[Finding]:
    """Yields an error of each call that can have no result."""
    names_set = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    names_set |= {macro.name for macro in tree.find_all(nodes.Macro)}
    for call in tree.find_all(nodes.Call):
        called = call.node
        if isinstance(called, nodes.Name) and called.name in _VALUES - names_set:
            yield called.lineno, f"'{called.name}' is not a function"
        elif isinstance(called, nodes.Literal | nodes.Filter | nodes.BinExpr | nodes.Compare):
            yield called.lineno, "a value is not a function"


def _message(owner: str, name: str) -> str:
    path = f"{owner}.{name[:40]}"
    if path in NO_MEMBER:
        return f"'{path}' is HubSpot's, and is not available: {NO_MEMBER[path]}"
    return f"'{path}' is not defined: {existing(name, MEMBERS[owner])}"
