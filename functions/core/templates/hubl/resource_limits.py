"""Limits a template's time and memory. Jinja2's sandbox protects only our objects. Every turn of a loop and every call is a step, and
steps are limited. An operation on a large value is estimated first, and costs steps in proportion. So every value of a template is
bounded, and so are all of them together.

Nothing can interrupt Python in a thread, so the steps read the processor's time too, and an operation between two of them is short.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

from jinja2 import nodes, pass_context
from jinja2.runtime import Context, Macro, markup_join, str_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer

from functions.core.templates.hubl import language, size_estimates

SIZE_MAX = 2_000_000  # characters of one operation's result; an element of a list counts as some
STEPS_MAX = 100_000  # in one part: some tenths of a second
SECONDS_MAX = 1  # of a processor, for all mails of a send: ten slow sends of a batch then end within deliver's timeout
STEPS_PER_LOOK = 100  # between two looks at the time, each of which costs as much as some steps
CHARACTERS_PER_STEP = 100
_TOO_LARGE = f"the template would make a value larger than {SIZE_MAX:,} characters"
_JINJAS_OWN = frozenset({"_loop_vars", "_block_vars"})  # Jinja2 adds these to the arguments of a call inside a loop
METERING = frozenset({"counted", "measured", "weighed", "concatenated"})  # our own filters, not for authors
_METER = "rendering meter"  # its key in a template's context: no template can spell it


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """A template that runs over a bound raises OverflowError. It must be rendered with `metered` in its context."""

    intercepted_binops = frozenset(size_estimates.OPERATORS)

    def __init__(self, **options: Any) -> None:
        super().__init__(finalize=_printed, **options)
        del self.globals["lipsum"]  # its time has no limit
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
        """Joins the pieces of a macro or a block."""
        texts = list(pieces)
        if sum(map(len, texts)) > SIZE_MAX:
            raise OverflowError(_TOO_LARGE)
        return "".join(texts)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        _pay(context, size_estimates.OPERATORS[operator](left, right))
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        _step(context)
        if isinstance(obj, Macro):  # its size is exact after the call, and `concat` has limited it
            text: str = super().call(context, obj, *args, **kwargs)
            _pay(context, len(text))
            return text
        if any(isinstance(arg, Iterator) for arg in args):
            args = tuple(list(arg) if isinstance(arg, Iterator) else arg for arg in args)  # to be measured, then used
        named = {name: value for name, value in kwargs.items() if name not in _JINJAS_OWN}
        _pay(context, size_estimates.called(obj, args, named))
        return super().call(context, obj, *args, **kwargs)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _Metering().visit(tree)
        return tree


class _Metering(NodeTransformer):
    """Wraps a filter of ours around every node that can return a large value, or take long, without a call of the environment."""

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
    """A namespace that does not print its values: they may be namespaces with further ones."""

    def __repr__(self) -> str:
        return "<namespace>"


class RenderingTime:
    """The processor's time that the mails of one send share. It counts only the thread's own time, so a busy worker shortens nothing."""

    __slots__ = ("_left", "_until")

    def __init__(self, seconds: float = SECONDS_MAX) -> None:
        self._left, self._until = seconds, 0.0

    def __enter__(self) -> Self:
        self._until = time.thread_time() + self._left
        return self

    def __exit__(self, *_error: object) -> None:
        self._left = self._until - time.thread_time()

    def check(self) -> None:
        """Raises OverflowError if the time is over."""
        if time.thread_time() > self._until:
            raise OverflowError(f"the template takes longer than {SECONDS_MAX} s of a processor")


class _Meter:
    """The steps of one part."""

    __slots__ = ("look_at", "steps", "time")

    def __init__(self, rendering_time: RenderingTime) -> None:
        self.steps, self.look_at, self.time = 0, STEPS_PER_LOOK, rendering_time

    def look(self) -> None:
        if self.steps > STEPS_MAX:
            raise OverflowError(
                f"the template takes more than {STEPS_MAX:,} turns of loops and calls, or as much in large values"
            )
        self.time.check()
        self.look_at = min(self.steps + STEPS_PER_LOOK, STEPS_MAX + 1)


def metered(rendering_time: RenderingTime) -> dict[str, Any]:
    """Returns what the context of one part needs."""
    return {_METER: _Meter(rendering_time)}


def _step(context: Context, count: int = 1) -> None:
    meter = context.parent[_METER]
    meter.steps += count
    if meter.steps >= meter.look_at:
        meter.look()


def _pay(context: Context, size: int) -> None:
    if size > SIZE_MAX:
        raise OverflowError(_TOO_LARGE)
    if size >= CHARACTERS_PER_STEP:
        _step(context, size // CHARACTERS_PER_STEP)


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Wraps a filter or a test. It estimates the size first, and passes on Jinja2's special argument."""
    if name in size_estimates.FREE_FILTERS:
        return function
    rule = size_estimates.FILTERS.get(name) or language.RULES.get(name)
    special = getattr(function, "jinja_pass_arg", None)
    first = special.name if special else ""

    @pass_context
    def bounded(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        if rule and isinstance(value, Iterator):
            value = list(value)
        _pay(context, rule(value, *args, **kwargs) if rule else size_estimates.length(value))
        values = {"context": context, "eval_context": context.eval_ctx, "environment": context.environment}
        return function(values[first], value, *args, **kwargs) if first else function(value, *args, **kwargs)

    return bounded


@pass_context
def _printed(context: Context, value: Any) -> Any:
    """Counts a printed value: inside a macro or a block nothing else does before its end."""
    _pay(context, len(value) if isinstance(value, str) else size_estimates.size(value))
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
