"""What a template may cost. Jinja2's sandbox keeps a template from our objects; this keeps it from our time and memory: every turn of a
loop and every call is a step, steps are numbered, and what multiplies is asked for its size before it is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from jinja2 import nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

SIZE_MAX = 2_000_000  # characters, elements or bits of what an operator makes
STEPS_MAX = 100_000  # of one part: some tenths of a second
_STEPS = "steps taken"  # in a template's context, under a name that no template can spell
_WIDTH = re.compile(r"\*|[0-9]{7,}")


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """A template that runs over a bound raises OverflowError. It must be rendered with `fresh_steps` in its context."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        del self.globals["lipsum"]  # takes all the time that it is asked to
        self.filters["counted"] = _counted

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if _SIZES[operator](left, right) > SIZE_MAX:
            raise OverflowError(f"{operator} would make a value larger than {SIZE_MAX:,}")
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        _step(context)
        return super().call(context, obj, *args, **kwargs)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for loop in list(tree.find_all(nodes.For)):
            loop.iter = nodes.Filter(loop.iter, "counted", [], [], None, None, lineno=loop.lineno)
        return tree


def fresh_steps() -> dict[str, Any]:
    return {_STEPS: [0]}


def _step(context: Context) -> None:
    steps = context.resolve(_STEPS)
    steps[0] += 1
    if steps[0] > STEPS_MAX:
        raise OverflowError(f"the template takes more than {STEPS_MAX:,} turns of loops and calls")


@pass_context
def _counted(context: Context, values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        _step(context)
        yield value


def _repeated(left: Any, right: Any) -> int:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, str | list | tuple) and isinstance(other, int):
            return len(one) * other
    return 0


def _power(left: Any, right: Any) -> int:
    return left.bit_length() * right if isinstance(left, int) and isinstance(right, int) else 0


def _formatted(left: Any, _right: Any) -> int:
    """Of a format, a width is the size; one that is taken from the values cannot be told before."""
    return SIZE_MAX + 1 if isinstance(left, str) and _WIDTH.search(left) else 0


_SIZES: dict[str, Callable[[Any, Any], int]] = {"*": _repeated, "**": _power, "%": _formatted}
