"""What a template may cost. Jinja2's sandbox keeps a template from our objects; this keeps it from our time and memory: every turn of a
loop and every call is a step, steps are numbered, and whatever makes or walks through something large is asked for its size before,
and pays steps for it. So nothing that a template makes is ever larger than a bound, and all of it together is bounded too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from jinja2 import nodes, pass_context
from jinja2.runtime import Context, Macro, markup_join, str_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer

from functions.core.templates.hubl import language, size_estimates

SIZE_MAX = 2_000_000  # characters of what one operation makes; an element of a list counts as some
STEPS_MAX = 100_000  # of one part: some tenths of a second
CHARACTERS_PER_STEP = 100
_TOO_LARGE = f"the template would make a value larger than {SIZE_MAX:,} characters"
_JINJAS_OWN = frozenset({"_loop_vars", "_block_vars"})  # what a call inside a loop is given beside its arguments
METERING = frozenset({"counted", "measured", "weighed", "concatenated"})  # filters of our own, not for authors
_STEPS = "steps taken"  # in a template's context, under a name that no template can spell


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """A template that runs over a bound raises OverflowError. It must be rendered with `fresh_steps` in its context."""

    intercepted_binops = frozenset(size_estimates.OPERATORS)

    def __init__(self, **options: Any) -> None:
        super().__init__(finalize=_printed, **options)
        del self.globals["lipsum"]  # takes all the time that it is asked to
        self.globals["namespace"] = _Namespace
        self.filters = {name: _bounded(name, function) for name, function in (self.filters | language.FILTERS).items()}
        self.tests |= {name: _bounded(name, function) for name, function in language.TESTS.items()}
        self.filters |= {
            "counted": _counted,
            "measured": _measured,
            "weighed": _weighed_value,
            "concatenated": _concatenated,
        }

    @staticmethod
    def concat(pieces: Iterable[str]) -> str:
        """What a macro or a block makes: mostly of pieces that cost nothing to make twice."""
        kept = list(pieces)
        if sum(map(len, kept)) > SIZE_MAX:
            raise OverflowError(_TOO_LARGE)
        return "".join(kept)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        _pay(context, size_estimates.OPERATORS[operator](left, right))
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        _step(context)
        if isinstance(obj, Macro):  # what it makes is known when it is made, and `concat` has kept it within bounds
            made: str = super().call(context, obj, *args, **kwargs)
            _pay(context, len(made))
            return made
        if any(isinstance(one, Iterator) for one in args):
            args = tuple(list(one) if isinstance(one, Iterator) else one for one in args)  # to be measured, then used
        named = {name: value for name, value in kwargs.items() if name not in _JINJAS_OWN}
        _pay(context, size_estimates.called(obj, args, named))
        return super().call(context, obj, *args, **kwargs)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _Metering().visit(tree)
        return tree


class _Metering(NodeTransformer):
    """Puts a filter of ours around everything that can make a large value, or take long, without asking the environment."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - Jinja2's naming, here and below
        self.generic_visit(node)
        node.iter = _filtered(node.iter, "counted")
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(nodes.List(node.nodes, lineno=node.lineno), "concatenated")

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(node, "measured")

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(node, "measured")

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(node, "measured") if node.ctx == "load" else node

    def visit_Operand(self, node: nodes.Operand) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.expr = _weighed(node.expr)
        return node

    def visit_Test(self, node: nodes.Test) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.args = [_weighed(one) for one in node.args]
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(node, "weighed") if isinstance(node.arg, nodes.Slice) else node

    def visit_AssignBlock(self, node: nodes.AssignBlock) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.filter = _filtered(node.filter, "measured", node.lineno)
        return node


def _filtered(node: Any, name: str, lineno: int = 0) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=lineno or node.lineno)


def _weighed(node: nodes.Expr) -> nodes.Expr:
    return node if isinstance(node, nodes.Const) else _filtered(node, "weighed")


class _Namespace(Namespace):
    """Does not print what it holds: that may be other namespaces, which hold others."""

    def __repr__(self) -> str:
        return "<namespace>"


def fresh_steps() -> dict[str, Any]:
    return {_STEPS: [0]}


def _step(context: Context, count: int = 1) -> None:
    steps = context.parent[_STEPS]
    steps[0] += count
    if steps[0] > STEPS_MAX:
        raise OverflowError(
            f"the template takes more than {STEPS_MAX:,} turns of loops and calls, or as much in large values"
        )


def _pay(context: Context, size: int) -> None:
    if size > SIZE_MAX:
        raise OverflowError(_TOO_LARGE)
    if size >= CHARACTERS_PER_STEP:
        _step(context, size // CHARACTERS_PER_STEP)


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter, or a test, that asks for the size first, and hands on what Jinja2 would have handed to it."""
    if name in size_estimates.FREE_FILTERS:
        return function
    rule = size_estimates.FILTERS.get(name) or language.RULES.get(name)
    wants = getattr(function, "jinja_pass_arg", None)
    first = wants.name if wants else ""

    @pass_context
    def bounded(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        if rule and isinstance(value, Iterator):
            value = list(value)
        _pay(context, rule(value, *args, **kwargs) if rule else size_estimates.length(value))
        given = {"context": context, "eval_context": context.eval_ctx, "environment": context.environment}
        return function(given[first], value, *args, **kwargs) if first else function(value, *args, **kwargs)

    return bounded


@pass_context
def _printed(context: Context, value: Any) -> Any:
    """Inside a macro or a block nobody counts what is printed before all of it is there."""
    if isinstance(value, str):
        _pay(context, len(value))
    return value


@pass_context
def _counted(context: Context, values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        _step(context)
        yield value


@pass_context
def _measured(context: Context, value: Any) -> Any:
    _pay(context, size_estimates.size(value))
    return value


@pass_context
def _weighed_value(context: Context, value: Any) -> Any:
    _pay(context, size_estimates.weight(value))
    return value


@pass_context
def _concatenated(context: Context, values: list[Any]) -> str:
    _pay(context, sum(map(size_estimates.size, values)))
    return markup_join(values) if context.eval_ctx.autoescape else str_join(values)
