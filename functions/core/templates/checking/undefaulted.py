"""Finds the variables that a template prints without a default: one without a value leaves a gap in the text."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes

from functions.core.templates.hubl.rewriting import name_of

ALWAYS_THERE = frozenset(f"contact.{name}" for name in ("email", "createdate", "lastmodifieddate", "hs_object_id"))
_DEFAULTS = ("default", "d")
_CONDITIONS = (nodes.If, nodes.CondExpr)


def printed_without_default(tree: nodes.Template) -> dict[str, int]:
    """Returns the paths (`contact.firstname`) and the offset of their first use. A path that some condition tests is not among them."""
    tested = {path for node in tree.find_all((*_CONDITIONS, nodes.Test)) for path, _ in _paths(_condition(node))}
    bare = [
        (path, offset)
        for output in tree.find_all(nodes.Output)
        for part in output.nodes
        for path, offset in _bare(part)
    ]
    return {path: offset for path, offset in reversed(bare) if path not in tested | ALWAYS_THERE}


def _condition(node: nodes.Node) -> nodes.Node:
    return node.node if isinstance(node, nodes.Test) else node.test  # type: ignore[attr-defined]  # of _CONDITIONS


def _bare(node: nodes.Node) -> Iterator[tuple[str, int]]:
    """Yields the paths that an expression prints, but for a value with a default."""
    if isinstance(node, nodes.Filter) and node.name in _DEFAULTS:
        return
    if isinstance(node, nodes.Or):
        yield from _bare(node.right)
        return
    path = _path(node) or _token(node)
    if path:
        yield path, node.lineno
        return
    for child in node.iter_child_nodes():
        yield from _bare(child)


def _paths(node: nodes.Node) -> Iterator[tuple[str, int]]:
    path = _path(node)
    if path:
        yield path, node.lineno
        return
    for child in node.iter_child_nodes():
        yield from _paths(child)


def _path(node: nodes.Node) -> str:
    """Returns the path of `contact.name` and `contact['name']`, or an empty text."""
    names: list[str] = []
    inner: nodes.Node = node
    while isinstance(inner, nodes.Getattr | nodes.Getitem):
        name = name_of(inner)
        if name is None:
            return ""
        names.insert(0, name)
        inner = inner.node
    return ".".join([inner.name, *names]) if isinstance(inner, nodes.Name) else ""


def _token(node: nodes.Node) -> str:
    """Returns the path that `personalization_token('contact.name')` names, if it has no default."""
    is_token = isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name)
    if not (is_token and node.node.name == "personalization_token" and len(node.args) == 1 and not node.kwargs):  # type: ignore[attr-defined]  # of a Call
        return ""
    argument = node.args[0]  # type: ignore[attr-defined]  # likewise
    return str(argument.value) if isinstance(argument, nodes.Const) else ""
