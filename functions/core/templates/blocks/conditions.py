"""The conditions that a builder shows as a form: terms about properties, all of them or any of them. Every other one stays code."""

from __future__ import annotations

import re
from typing import Any, Literal, cast

from jinja2 import nodes
from msgspec import Struct

from functions.core.errors import FieldError, Rejected
from functions.core.templates import reading
from functions.core.templates.blocks import chips
from functions.core.templates.source_map import MappedText

Comparison = Literal["set", "unset", "eq", "ne", "gt", "gteq", "lt", "lteq", "has"]
TERMS_MAX = 10
_SIGNS = {"eq": "==", "ne": "!=", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<="}
_FOR = re.compile(r"\{%[-+]?\s*for\s+([A-Za-z_]\w*)\s+in\s+([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*[-+]?%\}\n?")
_IF = re.compile(r"\{%[-+]?\s*(?:el)?if\s++(.*?)(?<!\s)\s*+[-+]?%\}\n?", re.DOTALL)
_ELSE = re.compile(r"\{%[-+]?\s*else\s*[-+]?%\}\n?")


class Term(Struct, frozen=True, omit_defaults=True):
    """`has`: the list or the text at the path contains the value."""

    path: str
    test: Comparison = "set"
    value: str | int | float | bool = ""


class BlockCondition(Struct, frozen=True, omit_defaults=True):
    terms: tuple[Term, ...]
    any: bool = False  # one term is enough


class Repeat(Struct, frozen=True):
    """`{% for item in custom.items %}`."""

    item: str
    list: str


def expression(tag: str) -> str:
    """Returns the expression of `{% if ... %}`; of `{% else %}`, an empty text."""
    match = _IF.fullmatch(tag)
    return match[1] if match else ""


def is_else(tag: str) -> bool:
    return bool(_ELSE.fullmatch(tag))


def read(tag: str) -> BlockCondition | None:
    """Returns the condition of `{% if ... %}`, or None if the builder has no form for it."""
    code = expression(tag)
    try:
        tree = reading.tree(MappedText.of("", "{% if " + code + " %}{% endif %}")) if code else None
    except Rejected:
        return None
    test = next(tree.find_all(nodes.If)).test if tree else None
    if isinstance(test, nodes.And | nodes.Or):
        terms = _terms(test, type(test))
        return BlockCondition(terms, isinstance(test, nodes.Or)) if terms and len(terms) <= TERMS_MAX else None
    term = _term(test) if test else None
    return BlockCondition((term,)) if term else None


def _terms(node: nodes.Node, kind: type[nodes.And | nodes.Or]) -> tuple[Term, ...]:
    """Returns the terms that one operator connects, or none if one of them has no form."""
    if isinstance(node, kind):
        left, right = _terms(node.left, kind), _terms(node.right, kind)
        return (*left, *right) if left and right else ()
    term = _term(node)
    return (term,) if term else ()


def _term(node: nodes.Node) -> Term | None:
    if path := chips.path_of(node):
        return Term(path)
    if isinstance(node, nodes.Not) and (path := chips.path_of(node.node)):
        return Term(path, "unset")
    if isinstance(node, nodes.Compare) and len(node.ops) == 1:
        return _compared(node.expr, node.ops[0])
    return None


def _compared(left: nodes.Node, operand: nodes.Operand) -> Term | None:
    if operand.op == "in" and (path := chips.path_of(operand.expr)):
        return _valued(path, "has", left)
    path, sign = chips.path_of(left), operand.op
    return _valued(path, cast(Comparison, sign), operand.expr) if path and sign in _SIGNS else None


def _valued(path: str, test: Comparison, node: nodes.Node) -> Term | None:
    if isinstance(node, nodes.Neg) and isinstance(node.node, nodes.Const) and isinstance(node.node.value, int | float):
        return Term(path, test, -node.node.value)
    value: Any = node.value if isinstance(node, nodes.Const) else None
    return Term(path, test, value) if isinstance(value, str | int | float) else None


def written(condition: BlockCondition) -> str:
    """Returns the expression of a condition. Raises Rejected if a term has no property."""
    if not 1 <= len(condition.terms) <= TERMS_MAX:
        raise Rejected([FieldError("terms", f"must be 1 to {TERMS_MAX} terms")])
    return (" or " if condition.any else " and ").join(map(_written, condition.terms))


def _written(term: Term) -> str:
    if not chips.is_path(term.path):
        raise Rejected([FieldError("path", f"{term.path[:64]!r} must be a property such as contact.country")])
    if term.test in {"set", "unset"}:
        return term.path if term.test == "set" else f"not {term.path}"
    value = _literal(term.value)
    return f"{value} in {term.path}" if term.test == "has" else f"{term.path} {_SIGNS[term.test]} {value}"


def _literal(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return chips.literal(value) if isinstance(value, str) else repr(value)


def read_repeat(tag: str) -> Repeat | None:
    """Returns the loop of `{% for item in custom.items %}`, or None if it is more than that."""
    match = _FOR.fullmatch(tag)
    return Repeat(match[1], match[2]) if match else None


def written_repeat(repeat: Repeat) -> str:
    """Returns the words of a loop. Raises Rejected."""
    if not chips.is_path(repeat.list) or not chips.is_path(repeat.item) or "." in repeat.item:
        message = "must be a list property such as custom.items, and a name for its items"
        raise Rejected([FieldError("list", message)])
    return f"for {repeat.item} in {repeat.list}"
