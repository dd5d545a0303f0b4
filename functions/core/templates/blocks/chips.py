"""A chip: a value of Jinja2 in a text, such as `{{ contact.firstname|default("there") }}`."""

from __future__ import annotations

import re
from typing import Any

from jinja2 import nodes
from msgspec import Struct

from functions.core.errors import FieldError, Rejected
from functions.core.templates import reading
from functions.core.templates.checking.undefaulted import printed_without_default
from functions.core.templates.hubl.rewriting import name_of
from functions.core.templates.source_map import MappedText

_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_TOKEN = "personalization_token"  # noqa: S105 - HubSpot's name of a function


class Chip(Struct, frozen=True, omit_defaults=True):
    """`simple`: the chip is a path with or without a default, and a menu can edit both."""

    path: str = ""  # of the first property in it: contact.firstname
    default: str | None = None
    simple: bool = False
    without_default: bool = False  # of a contact's property: a contact may lack it, and the text then has a gap


def is_path(text: str) -> bool:
    return bool(_PATH.fullmatch(text))


def written(path: str, default: str = "") -> str:
    """Returns the code of a chip. Raises Rejected for anything but a path."""
    if not is_path(path):
        raise Rejected([FieldError("path", f"{path[:64]!r} must be a property such as contact.firstname")])
    return "{{ " + path + (f"|default({literal(default)})" if default else "") + " }}"


def literal(text: str) -> str:
    """Returns a text as HubL's literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def read(code: str) -> Chip:
    """Returns the chip of a value. One that is more than a path with a default shows its path."""
    try:
        tree = reading.tree(MappedText.of("", code))
    except Rejected:
        return Chip()
    output = next(iter(tree.find_all(nodes.Output)), None)
    if output is None or not output.nodes:
        return Chip()
    path, default, simple = _expression(output.nodes[0])
    bare = any(name.startswith("contact.") for name in printed_without_default(tree))
    return Chip(path or _first_path(output), default, simple, bare)


def _expression(node: nodes.Expr) -> tuple[str, str | None, bool]:
    if isinstance(node, nodes.Filter) and node.name in {"default", "d"} and node.node is not None:
        default = _constant(node.args)
        path = path_of(node.node)
        return path, default, bool(path) and default is not None
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == _TOKEN:
        arguments = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
        return _token(arguments) if len(arguments) == len(node.args) and not node.kwargs else ("", None, False)
    path = path_of(node)
    return path, None, bool(path)


def _token(arguments: list[Any]) -> tuple[str, str | None, bool]:
    path, default = [*arguments, None, None][:2]
    return str(path or ""), None if default is None else str(default), bool(path)


def _constant(arguments: list[nodes.Expr]) -> str | None:
    one = arguments[0] if len(arguments) == 1 else None
    return str(one.value) if isinstance(one, nodes.Const) and isinstance(one.value, str | int | float) else None


def path_of(node: nodes.Node) -> str:
    """Returns the path of `contact.name` and `contact['name']`, or an empty text."""
    names: list[str] = []
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        name = name_of(node)
        if name is None or not is_path(name):
            return ""
        names.insert(0, name)
        node = node.node
    return ".".join([node.name, *names]) if isinstance(node, nodes.Name) else ""


def _first_path(tree: nodes.Node) -> str:
    paths = (path_of(node) for node in tree.find_all((nodes.Getattr, nodes.Getitem, nodes.Name)))
    return next((path for path in paths if path), "")
