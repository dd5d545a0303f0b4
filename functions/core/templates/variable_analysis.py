"""Finds the properties in a template's syntax tree: which it uses, which for certain, and as which type.

A *certain* property is used on every path through the template, and has no default: every send needs it. A property in a condition's
branches, a loop's body or a macro may never be used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from jinja2 import nodes
from msgspec import Struct, field

from functions.core.templates.contract import ROOTS, Variable, Variables
from functions.core.templates.hubl.grammar import CHANGED
from functions.core.templates.hubl.hubspot_names import OPTIONAL

_DEFAULTS = ("default", "d")
# Tests and filters that only look whether a value is there: an unknown name in them is no error.
_PRESENCE = frozenset({"defined", "undefined", "none", "truthy"})
_LAZY = frozenset({*_DEFAULTS, CHANGED})
# Filter → the type of its value.
_KIND_OF_FILTER = {
    **dict.fromkeys(["abs", "int", "float", "round", "add", "divide", "multiply", "log", "root"], "number"),
    **dict.fromkeys(["divisible", "filesizeformat", "format_currency", "format_number"], "number"),
    **dict.fromkeys(["format_date", "format_datetime", "format_time"], "date"),
    **dict.fromkeys(["datetimeformat", "plus_time", "minus_time", "unixtimestamp", "between_times"], "date"),
    **dict.fromkeys(["join", "first", "last", "sum", "sort", "map", "select", "reject", "selectattr"], "list"),
    **dict.fromkeys(["rejectattr", "groupby", "batch", "slice", "unique", "union", "intersect"], "list"),
    **dict.fromkeys(["difference", "symmetric_difference"], "list"),
    "format_currency_value": "number",
    "date": "date",
}
_KIND_OF_METHOD = {
    **dict.fromkeys(["items", "keys", "values", "entrySet", "keySet", "put", "update"], "object"),
    **dict.fromkeys(["append", "add", "extend", "pop", "insert"], "list"),
}
_ARITHMETIC = (nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Pow)
NUMBER_MAX = 2**53  # up to here, a JSON number is exact everywhere
_ORDERED = ("lt", "lteq", "gt", "gteq")


def find_variables(tree: nodes.Template, variables: Variables) -> dict[str, int]:
    """Adds the variables of one template to its language's: a send renders all of a language's templates. Returns the other names that
    it uses and does not set, and their offsets.
    """
    finding = _VariableAnalysis(variables, _names_set(tree))
    finding.statements(tree.body, certain=True)
    return finding.others


def _names_set(tree: nodes.Template) -> frozenset[str]:
    names = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    macros = {macro.name for macro in tree.find_all(nodes.Macro)}
    return frozenset(names | macros | {"caller", "kwargs", "loop", "self", "super", "varargs"})


class _VariableAnalysis(Struct):
    """One walk through a template. `certain` is whether a node is on every path through it."""

    variables: Variables
    names_set: frozenset[str]  # names that the template sets: they may mean anything
    each: dict[str, Variable] = field(default_factory=dict)  # loop variables and other aliases of a property
    others: dict[str, int] = field(default_factory=dict)  # names used, and the offset of the first use

    # Statements.

    def statements(self, body: Iterable[nodes.Node], *, certain: bool) -> None:
        for node in body:
            self.statement(node, certain=certain)

    def statement(self, node: nodes.Node, *, certain: bool) -> None:
        match node:
            case nodes.Output():
                for part in node.nodes:
                    self.used(part, "text", certain=certain)
            case nodes.If():
                self.condition(node.test, certain=certain)
                self.statements([*node.body, *node.elif_, *node.else_], certain=False)
            case nodes.For():
                self.loop(node, certain=certain)
            case nodes.Assign():
                self.assigned(node)
            case nodes.Block() | nodes.With() | nodes.Scope() | nodes.ScopedEvalContextModifier():
                self.uncertain(getattr(node, "values", []))
                self.statements(node.body, certain=certain)
            case nodes.Macro() | nodes.CallBlock() | nodes.FilterBlock() | nodes.AssignBlock():
                self.uncertain(
                    child for child in node.iter_child_nodes(exclude=("body",)) if isinstance(child, nodes.Expr)
                )
                self.statements(node.body, certain=False)
            case _:
                self.uncertain(node.iter_child_nodes())

    def loop(self, node: nodes.For, *, certain: bool) -> None:
        listed = self.used(node.iter, "list", certain=certain)
        if listed and isinstance(node.target, nodes.Name):
            listed.each = listed.each or Variable()
            self.each[node.target.name] = listed.each
        if node.test:
            self.condition(node.test, certain=False)
        self.statements([*node.body, *node.else_], certain=False)

    def assigned(self, node: nodes.Assign) -> None:
        target = node.target if isinstance(node.target, nodes.Name) else None
        variable = self.aliased(node.node) if target else None
        if target and variable is not None:
            self.each[target.name] = variable
        else:
            self.uncertain([node.node])

    def aliased(self, node: nodes.Node) -> Variable | None:
        """Returns the property that a name is set to: `custom.brand`, or `custom.brand|default({})`."""
        if not (isinstance(node, nodes.Filter) and node.name in _DEFAULTS and node.node is not None):
            return self.variable(node)
        variable = self.aliased(node.node)
        if variable is not None:
            _set_default(variable, node.args)
            self.uncertain(node.args)
        return variable

    # Expressions.

    def condition(self, node: nodes.Node, *, certain: bool) -> None:
        """Analyses a condition. A missing property in it is false."""
        match node:
            case nodes.Compare():
                self.compared(node)
            case nodes.And() | nodes.Or():
                self.condition(node.left, certain=certain)
                self.condition(node.right, certain=False)
            case nodes.Not():
                self.condition(node.node, certain=certain)
            case _:
                if (variable := self.variable(node)) is not None:
                    variable.kinds.add("boolean")
                else:
                    self.uncertain([node])

    def compared(self, node: nodes.Compare) -> None:
        """Analyses a comparison. An absent value is neither less nor greater than another, so none is needed."""
        if len(node.ops) == 1 and node.ops[0].op in _ORDERED:
            self.used(node.expr, "number", certain=False)
            self.used(node.ops[0].expr, "number", certain=False)
        else:
            self.uncertain(node.iter_child_nodes())

    def used(self, node: nodes.Node, kind: str, *, certain: bool) -> Variable | None:
        """Analyses the use of a value. Returns its property, if it is one."""
        variable = self.variable(node, certain=certain)
        if variable is not None:
            variable.kinds.add(kind)
            return variable
        if isinstance(node, nodes.Filter) and node.node is not None:
            return self.filtered(node, kind, certain=certain)
        if use := self.USES.get(type(node)):
            use(self, node, kind, certain)
        else:
            self.uncertain(node.iter_child_nodes())
        return None

    def filtered(self, node: nodes.Filter, kind: str, *, certain: bool) -> Variable | None:
        """Analyses a filter. A property with a default is still that property."""
        default = node.name in _DEFAULTS
        kind = kind if default else _KIND_OF_FILTER.get(node.name, "text")
        value = node.node or node
        if node.name in _LAZY and (isinstance(value, nodes.Name) or _is_optional(value)):
            variable = self.variable(value)
        else:
            variable = self.used(value, kind, certain=certain and node.name not in _LAZY)
        if default and variable is not None:
            _set_default(variable, node.args)
        self.uncertain([*node.args, *(keyword.value for keyword in node.kwargs)])
        return variable if default else None

    def _name(self, node: Any, _kind: str, _certain: bool) -> None:
        if node.ctx == "load" and node.name not in self.names_set and node.name not in ROOTS:
            self.others.setdefault(node.name, node.lineno)

    def _both(self, node: Any, _kind: str, certain: bool) -> None:
        """Analyses an operator of numbers, or (`+`, `%`) of texts."""
        kind = "number" if isinstance(node, _ARITHMETIC) else "text"
        self.used(node.left, kind, certain=certain)
        self.used(node.right, kind, certain=certain)

    def _signed(self, node: Any, _kind: str, certain: bool) -> None:
        self.used(node.node, "number", certain=certain)

    def _joined(self, node: Any, _kind: str, certain: bool) -> None:
        for part in node.nodes:
            self.used(part, "text", certain=certain)

    def _chosen(self, node: Any, kind: str, certain: bool) -> None:
        self.condition(node.test, certain=certain)
        for branch in (node.expr1, node.expr2):
            if branch is not None:
                self.used(branch, kind, certain=False)

    def _either(self, node: Any, kind: str, _certain: bool) -> None:
        variable = self.used(node.left, kind, certain=False)
        if variable is not None:
            _set_default(variable, [node.right])
        self.used(node.right, kind, certain=False)

    def _tested(self, node: Any, _kind: str, certain: bool) -> None:
        self.condition(node, certain=certain)

    def _called(self, node: Any, _kind: str, certain: bool) -> None:
        token = self.token(node)
        if token is not None:
            token.kinds.add("text")
            _set_default(token, node.args[1:])
            token.required |= certain and len(node.args) == 1 and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
            return
        if isinstance(node.node, nodes.Getattr):
            self.used(node.node.node, _KIND_OF_METHOD.get(node.node.attr, "text"), certain=certain)
        else:
            self.used(node.node, "text", certain=False)
        self.uncertain([*node.args, *(keyword.value for keyword in node.kwargs)])

    def _checked(self, node: Any, _kind: str, _certain: bool) -> None:
        if not (node.name in _PRESENCE and isinstance(node.node, nodes.Name)):
            self.used(node.node, "text", certain=False)
        self.uncertain([*node.args, *(keyword.value for keyword in node.kwargs)])

    USES: ClassVar[dict[type[nodes.Node], Callable[[_VariableAnalysis, Any, str, bool], None]]] = {
        nodes.Name: _name,
        **dict.fromkeys([*_ARITHMETIC, nodes.Add, nodes.Mod], _both),
        **dict.fromkeys([nodes.Neg, nodes.Pos], _signed),
        nodes.Concat: _joined,
        nodes.CondExpr: _chosen,
        nodes.Or: _either,
        **dict.fromkeys([nodes.Compare, nodes.And, nodes.Not], _tested),
        nodes.Call: _called,
        nodes.Test: _checked,
    }

    def token(self, node: nodes.Call) -> Variable | None:
        """Returns the property that `personalization_token('custom.x')` names."""
        named = isinstance(node.node, nodes.Name) and node.node.name == "personalization_token"
        if not named or "personalization_token" in self.names_set or not node.args:
            return None
        root, _, name = str(_constant(node.args[0])).partition(".")
        return self.variables[root].parts.setdefault(name, Variable()) if root in ROOTS and name else None

    def uncertain(self, several: Iterable[nodes.Node]) -> None:
        """Analyses nodes that may not be used."""
        for node in several:
            self.used(node, "text", certain=False)

    # Properties.

    def variable(self, node: nodes.Node, *, certain: bool = False) -> Variable | None:
        """Returns the property of a chain of names: `custom.order.lines[0].name`."""
        if isinstance(node, nodes.Name):
            return self.each.get(node.name)
        if not isinstance(node, nodes.Getattr | nodes.Getitem):
            return None
        name = node.attr if isinstance(node, nodes.Getattr) else _constant(node.arg)
        owner = self._owner(node.node, certain=certain)
        if owner is None or name is None:
            return None
        if isinstance(name, int):
            owner.each = owner.each or Variable()
            return owner.each
        part = owner.parts.setdefault(name, Variable())
        part.required |= certain and _has_names_only(node.node)
        return part

    def _owner(self, node: nodes.Node, *, certain: bool) -> Variable | None:
        if isinstance(node, nodes.Name) and node.name in ROOTS:
            return None if node.name in self.names_set else self.variables[node.name]
        return self.variable(node, certain=certain)


def _is_optional(node: nodes.Node) -> bool:
    """Returns whether a chain begins with a name of HubSpot's that never has a value here. With a default it has that."""
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        node = node.node
    return isinstance(node, nodes.Name) and node.name in OPTIONAL


def _has_names_only(node: nodes.Node) -> bool:
    """Returns whether a chain begins with a request's properties and has no list in it."""
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        if isinstance(node, nodes.Getitem) and not isinstance(_constant(node.arg), str):
            return False
        node = node.node
    return isinstance(node, nodes.Name) and node.name in ROOTS


def _constant(node: nodes.Node) -> str | int | None:
    value: Any = node.value if isinstance(node, nodes.Const) else None
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def _set_default(variable: Variable, values: Sequence[nodes.Node]) -> None:
    """Sets the default to the first value, if it is a constant. `default({})` is for an object, `default([])` for a list."""
    if not values:
        return
    variable.default = _literal(values[0])
    if isinstance(values[0], nodes.Dict | nodes.List):
        variable.kinds.add("object" if isinstance(values[0], nodes.Dict) else "list")


def _literal(node: nodes.Node) -> str | int | dict[str, Any] | list[Any] | None:
    """Returns a constant's value. Only empty objects and lists are read, and only whole numbers: items have no other."""
    if isinstance(node, nodes.Dict | nodes.List):
        return None if node.items else {} if isinstance(node, nodes.Dict) else []
    value: Any = node.value if isinstance(node, nodes.Const) else None
    if isinstance(value, int) and abs(value) >= NUMBER_MAX:
        return None
    return value if isinstance(value, str | int) else None
