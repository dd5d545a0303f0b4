"""Finds members that a variable of ours does not have (`content.subjct`), calls of what is no function (`contact()`), and prints of what has
no text (`content`, `today`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2 import nodes

from functions.core.templates.checking.removed_links import UNSUBSCRIBE_LINKS
from functions.core.templates.hubl.checking import Finding
from functions.core.templates.hubl.hubspot_names import NO_MEMBER
from functions.core.templates.hubl.rewriting import name_of
from functions.core.templates.rendering import FUNCTION_NAMES, MEMBERS, NAMES
from functions.core.unknown_names import existing

_HYPHENATED = r"(?<![\w.])((?:contact|custom)(?:\.\w+)*)\.(\w+(?:-\w+)+)"
_VALUES = NAMES.union(UNSUBSCRIBE_LINKS) - FUNCTION_NAMES


def all_errors(tree: nodes.Template) -> Iterator[Finding]:
    """A name that the template itself sets is its own."""
    names_set = _names_set(tree)
    yield from _member_errors(tree, names_set)
    yield from _call_errors(tree, names_set)
    yield from _print_errors(tree, names_set)


def _member_errors(tree: nodes.Template, names_set: set[str]) -> Iterator[Finding]:
    """Yields an error of each unknown member."""
    called = {id(call.node) for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Getattr)}
    parts: list[nodes.Getattr | nodes.Getitem] = [*tree.find_all(nodes.Getattr), *tree.find_all(nodes.Getitem)]
    for node in parts:
        owner = node.node.name if isinstance(node.node, nodes.Name) else ""
        name = name_of(node)
        if owner in MEMBERS.keys() - names_set and name is not None and id(node) not in called:
            yield from [] if name in MEMBERS[owner] else [(node.lineno, _message(owner, name))]


def _call_errors(tree: nodes.Template, names_set: set[str]) -> Iterator[Finding]:
    """Yields an error of each call that can have no result."""
    for call in tree.find_all(nodes.Call):
        called = call.node
        if isinstance(called, nodes.Name) and called.name in _VALUES - names_set:
            yield called.lineno, f"'{called.name}' is not a function"
        elif isinstance(called, nodes.Literal | nodes.Filter | nodes.BinExpr | nodes.Compare):
            yield called.lineno, "a value is not a function"


def _print_errors(tree: nodes.Template, names_set: set[str]) -> Iterator[Finding]:
    """Yields an error of each function that is not called, also before a filter, and of each map of ours that is printed as a whole."""
    for printed in (node for output in tree.find_all(nodes.Output) for node in output.nodes):
        value: nodes.Node | None = printed
        while isinstance(value, nodes.Filter):
            value = value.node
        if not isinstance(value, nodes.Name) or value.name in names_set:
            continue
        if value.name in FUNCTION_NAMES:
            yield value.lineno, _uncalled(value.name)
        elif value.name in MEMBERS and value is printed:
            yield value.lineno, _without_text(value.name, MEMBERS[value.name][0])


def hyphen_errors(tree: nodes.Template, text: str) -> Iterator[Finding]:
    """Yields an error of each name that HubL subtracts, and that is a part of another name: `name` in `custom.first-name`."""
    hyphenated = [*re.finditer(_HYPHENATED, text)]
    names = {node.lineno: node.name for node in tree.find_all(nodes.Name)} if hyphenated else {}
    existing_names = _names_set(tree).union(NAMES)
    for match in hyphenated:
        for offset in range(match.start(2), match.end()):
            if names.get(offset, "") not in existing_names | {""}:
                yield offset, _with_hyphen(names[offset], match[1], match[2])


def _names_set(tree: nodes.Template) -> set[str]:
    names_set = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    return names_set | {macro.name for macro in tree.find_all(nodes.Macro)}


def _message(owner: str, name: str) -> str:
    path = f"{owner}.{name[:40]}"
    if path in NO_MEMBER:
        return f"'{path}' is HubSpot's, and is not available: {NO_MEMBER[path]}"
    return f"'{path}' is not defined: {existing(name, MEMBERS[owner])}"


def _uncalled(function: str) -> str:
    return f"'{function}' is a function: write {function}()"


def _without_text(owner: str, part: str) -> str:
    return f"'{owner}' has no text: write one of its parts, such as {owner}.{part}"


def _with_hyphen(name: str, owner: str, written: str) -> str:
    return f"'{name[:40]}' is not defined: a property with a hyphen is written {owner}['{written}']"
