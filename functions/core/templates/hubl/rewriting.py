"""Rewrites a template's tree before it is compiled: an operator of Python becomes a function of HubL's, and what may be large is metered.

Each function is a filter that no author can name. So the compiled template is Jinja2's own, and every rule of HubL is one function.
"""

from __future__ import annotations

from typing import Any

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from functions.core.templates.hubl.grammar import CHANGED, OWN

ROOTS = ("contact", "custom")
COMPARE, TRUTH, TRUTHY, PATH, METHOD, SLICE = (
    f"{OWN}{name}" for name in ("compare", "truth", "truthy", "path", "method", "slice")
)
COUNTED, MEASURED, CONCATENATED = (f"{OWN}{name}" for name in ("counted", "measured", "concatenated"))
OPTIONAL_PATH = f"{OWN}optional path"
_OPTIONAL_VALUE = frozenset({"default", "d", CHANGED})
_OPERATORS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in"}


class Rewriting(NodeTransformer):
    """Jinja2 calls one method for each kind of node."""

    def visit_For(self, node: nodes.For) -> nodes.Node:
        self.generic_visit(node)
        names = len(node.target.items) if isinstance(node.target, nodes.Tuple) else 1
        node.iter = _called(node.iter, COUNTED, [nodes.Const(names)])
        node.test = _condition(node.test) if node.test else None
        return node

    def visit_If(self, node: nodes.If) -> nodes.Node:
        self.generic_visit(node)
        node.test = _condition(node.test)
        return node

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Node:
        self.generic_visit(node)
        node.test = _condition(node.test)
        return node

    def visit_Not(self, node: nodes.Not) -> nodes.Node:
        self.generic_visit(node)
        node.node = _condition(node.node)
        return node

    def visit_Test(self, node: nodes.Test) -> nodes.Node:
        self.generic_visit(node)
        _make_optional(node.node)
        return node

    def visit_Filter(self, node: nodes.Filter) -> nodes.Node:
        """What has a default may be absent, behind further filters too: `custom.a|lower|default('x')`."""
        self.generic_visit(node)
        if node.name in _OPTIONAL_VALUE:
            _make_optional(node.node, chain_only=True)
        return node

    def visit_And(self, node: nodes.And) -> nodes.Node:
        self.generic_visit(node)
        node.left, node.right = _truth(node.left), _truth(node.right)
        return node

    def visit_Or(self, node: nodes.Or) -> nodes.Node:
        """The result is the first true value, or the last one."""
        self.generic_visit(node)
        _make_optional(node.left, chain_only=True)
        node.left = _called(node.left, TRUTHY)
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:
        self.generic_visit(node)
        args: list[nodes.Expr] = []
        for operand in node.ops:
            args += [nodes.Const(_OPERATORS[operand.op]), operand.expr]
        for value in (node.expr, *args):
            _make_optional(value)
        return _called(node.expr, COMPARE, args, node.lineno)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        return _called(nodes.List(node.nodes, lineno=node.lineno), CONCATENATED)

    def visit_List(self, node: nodes.List) -> nodes.Node:
        self.generic_visit(node)
        return _called(node, MEASURED)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:
        self.generic_visit(node)
        return _called(node, MEASURED)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:
        self.generic_visit(node)
        return _called(node, MEASURED) if node.ctx == "load" else node

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:
        return _fixed_path(node) or self.generic_visit(node)

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:
        if path := _fixed_path(node):
            return path
        self.generic_visit(node)
        if not isinstance(node.arg, nodes.Slice):
            return node
        bounds = [bound or nodes.Const(None) for bound in (node.arg.start, node.arg.stop, node.arg.step)]
        return _called(node.node, SLICE, bounds, node.lineno)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """`a.b()` calls a method: a property of that name is not looked for first."""
        if isinstance(node.node, nodes.Getattr):
            owner, name = node.node.node, nodes.Const(node.node.attr)
            node.node = _called(owner, METHOD, [name], node.node.lineno)
        return self.generic_visit(node)

    def visit_AssignBlock(self, node: nodes.AssignBlock) -> nodes.Node:
        self.generic_visit(node)
        node.filter = _called(node.filter, MEASURED, lineno=node.lineno)
        return node


def _called(value: Any, name: str, args: list[nodes.Expr] | None = None, lineno: int = 0) -> nodes.Filter:
    return nodes.Filter(value, name, args or [], [], None, None, lineno=lineno or value.lineno)


def _condition(node: Any) -> nodes.Expr:
    """Returns the truth of a condition. It prints nothing, so no property in it is required."""
    _make_optional(node)
    return _truth(node)


def _make_optional(node: nodes.Node | None, *, chain_only: bool = False) -> None:
    """Makes the fixed paths of an expression optional: all of them, or that of a chain of filters, parts and methods."""
    while node is not None and chain_only:
        if isinstance(node, nodes.Filter) and node.name == PATH:
            node.name = OPTIONAL_PATH
            return
        is_link = isinstance(node, nodes.Filter | nodes.Getattr | nodes.Getitem | nodes.Call)
        node = node.node if is_link else None  # type: ignore[attr-defined]  # of these
    for path in [node, *node.find_all(nodes.Filter)] if node is not None else []:
        if isinstance(path, nodes.Filter) and path.name == PATH:
            path.name = OPTIONAL_PATH


def _truth(node: Any) -> nodes.Expr:
    """Returns the truth of a value. Python's own is enough for what is true or false anyway."""
    plain = isinstance(node, nodes.Not | nodes.And | nodes.Test)
    is_comparison = isinstance(node, nodes.Filter) and node.name == COMPARE
    return node if plain or is_comparison else _called(node, TRUTH)


def _fixed_path(node: nodes.Getattr | nodes.Getitem) -> nodes.Filter | None:
    """Returns one function for `custom.order.number` and `custom['order'].number`."""
    names: list[nodes.Expr] = []
    inner: Any = node
    while isinstance(inner, nodes.Getattr | nodes.Getitem):
        name = name_of(inner)
        if name is None:
            return None
        names.insert(0, nodes.Const(name))
        inner = inner.node
    if not (isinstance(inner, nodes.Name) and inner.name in ROOTS and inner.ctx == "load"):
        return None
    return _called(inner, PATH, names, node.lineno)


def name_of(node: nodes.Getattr | nodes.Getitem) -> str | None:
    """Returns the constant name that a node reads, or None for an index or a computed key."""
    if isinstance(node, nodes.Getattr):
        return node.attr
    name: Any = node.arg.value if isinstance(node.arg, nodes.Const) else None
    return name if isinstance(name, str) else None
