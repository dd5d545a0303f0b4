"""Every filter, test, operator, method and function on large values: it is refused by a bound, or takes little time and memory.

The law is about one operation. All operations of a template together are bounded by its steps.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import inspect
import tracemalloc
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from functions.core.errors import PermanentFailure
from functions.core.templates import rendering
from functions.core.templates.hubl import language, methods, operators, value_sizes
from tests.support.examples import a_revision
from tests.support.processor_time import seconds_of

SECONDS_MAX = 1  # of a processor; a quadratic operation takes ten
ATTEMPTS = 3
MEMORY_FREE, MEMORY_PER_CHARACTER = 1_500_000, 150  # bytes
SIZES = (4_000, 20_000)


@functools.cache
def shapes(size: int) -> list[tuple[str, Any]]:
    """The collector of garbage does not look at these values again and again."""
    values = _shapes(size)
    gc.freeze()
    return values


def _shapes(size: int) -> list[tuple[str, Any]]:
    texts: list[tuple[str, Any]] = [
        ("text", "ab cd. " * (size // 7)),
        ("dots", "." * size),
        ("links", "http://a.io/x " * (size // 14)),
        ("signs", "<&\"'{%" * (size // 6)),
        ("lines", "\n" * size),
    ]
    return [
        *texts,
        ("digits", "7" * size),
        ("numbers", list(range(size))),
        ("alike", [number * (2**61 - 1) for number in range(size)]),
        ("words", [f"word {number}" for number in range(size)]),
        ("maps", [{"a": number, "b": "x"} for number in range(size // 4)]),
        ("map", {f"k{number}": number for number in range(size)}),
        ("deep", nested(size // 100)),
    ]


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(min(depth, 900)):
        value = [value, {"a": value}] if depth < 12 else [value]
    return value


_ARGUMENTS = ((), ("custom.v",), ("2",), ("'a'", "custom.v"), ("'in'", "custom.v"), ("1", "custom.v"))
_OF_TESTS = ((), ("custom.v",), ("2",), ("'a'",))
_OF_METHODS = (*_OF_TESTS, ("custom.v", "custom.v"), ("99999", "custom.v"))


def expressions(name: str) -> list[str]:
    kind, _, own = name.partition(" ")
    if kind == "filter":
        return [f"custom.v|{own}({', '.join(args)})" for args in _fitting([language.FILTERS[own]], _ARGUMENTS)]
    if kind == "test":
        return [f"custom.v is {own}({', '.join(args)})" for args in _fitting([language.TESTS[own]], _OF_TESTS)]
    if kind == "operator":
        return [f"custom.v {own} custom.v", f"custom.v {own} 99999", f"99999 {own} custom.v", f"'%s' {own} custom.v"]
    if kind == "method":
        functions = [table[own] for table in methods.TABLES.values() if own in table]
        return [f"custom.v.{own}({', '.join(args)})" for args in _fitting(functions or [str.format], _OF_METHODS)]
    return [f"{own}({', '.join(args)})" for args in _ARGUMENTS[1:5]]


def _fitting(functions: list[Callable[..., Any]], arguments: tuple[tuple[str, ...], ...]) -> list[tuple[str, ...]]:
    """Returns the arguments that a function takes. A filter drops others before it begins, and a test or a method fails."""
    return [args for args in arguments if any(_takes(function, args) for function in functions)]


def _takes(function: Callable[..., Any], args: tuple[str, ...]) -> bool:
    own = (None, None) if hasattr(function, "jinja_pass_arg") else (None,)
    try:
        inspect.signature(function).bind(*own, *args)
    except TypeError:
        return False
    except ValueError:  # Python does not state the parameters of this function
        return True
    return True


def _names_once(table: Mapping[str, Any]) -> list[str]:
    """Returns one name of each function."""
    return sorted({function: name for name, function in table.items()}.values())


NAMES = [
    *(f"filter {name}" for name in _names_once(language.FILTERS)),
    *(f"test {name}" for name in _names_once(language.TESTS) if name.isidentifier()),
    *(f"operator {sign}" for sign in [*sorted(operators.BINARY), "~", "==", "<", "in"]),
    *(f"method {name}" for name in sorted({*methods.NAMES, "format"})),
    *(f"function {name}" for name in sorted(language.FUNCTIONS)),
]


def run(template: rendering.Compiled, value: Any) -> None:
    """Renders, or is refused by a bound or by data that does not fit: that takes its time, too."""
    with contextlib.suppress(PermanentFailure):
        rendering.render(template, {}, {"v": value}, now=0)


def compiled(expression: str) -> rendering.Compiled:
    return rendering.compiled(a_revision(subject="s", html="h", text=f"{{% set r = {expression} %}}{{{{ r }}}}"))


@pytest.mark.parametrize("name", NAMES)
def test_one_operation_is_short_or_refused(name: str) -> None:
    for expression in expressions(name):
        template = compiled(expression)
        for shape, value in shapes(SIZES[1]):
            taken = [seconds(template, value)]
            while taken[-1] >= SECONDS_MAX and len(taken) < ATTEMPTS:
                taken.append(seconds(template, value))
            assert taken[-1] < SECONDS_MAX, (expression, shape, taken)


def seconds(template: rendering.Compiled, value: Any) -> float:
    """Returns the time of the processor. It is longer on a busy machine, so the bound has some attempts."""
    return seconds_of(lambda: run(template, value))


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("test ")])
def test_the_memory_of_one_operation_grows_as_its_values(name: str) -> None:
    """At the largest size that the bounds allow, it is some hundred MB."""
    values = [value for value in shapes(SIZES[0]) if value[0] in {"text", "signs", "words", "maps"}]
    for expression in expressions(name)[:4]:
        template = compiled(expression)
        run(template, 1)  # loads what the operation imports
        for shape, value in values:
            tracemalloc.start()
            try:
                run(template, value)
                used = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
            assert used < MEMORY_FREE + MEMORY_PER_CHARACTER * value_sizes.size(value), (expression, shape, used)
