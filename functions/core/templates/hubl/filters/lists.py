"""HubL's filters of lists and maps. Each returns a list, never a generator. An attribute may be a path: `address.city`.

Sets have the order of the lists, and each element once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from jinja2 import TemplateRuntimeError, pass_context
from jinja2.runtime import Context
from markupsafe import escape

from functions.core.templates.hubl.operators import DECIMALS
from functions.core.templates.hubl.resource_limits import draw, step
from functions.core.templates.hubl.switches import flag
from functions.core.templates.hubl.values import (
    Pair,
    alike,
    compare,
    decimal,
    elements,
    is_list,
    is_null,
    is_number,
    java_text,
    kind,
    number_of,
    parse,
    text,
)

Filter = Callable[..., Any]
PATH_MAX = 200  # characters of a path to an attribute


class ValueGroup(tuple[Any, ...]):
    """A group of `groupby`: its value and its elements."""

    __slots__ = ()

    @property
    def grouper(self) -> Any:
        return self[0]

    @property
    def list(self) -> Any:
        return self[1]


def _names(path: Any) -> list[str | int]:
    """Reads a dotted path. Raises ValueError if it is longer than any honest one."""
    if isinstance(path, int):
        return [path]
    written = path if isinstance(path, str) else ""
    if not written or len(written) > PATH_MAX:
        raise ValueError(
            f"expected the name of an attribute, not {kind(path)}"
            if not written
            else "the name of the attribute is too long"
        )
    return [*written.split(".")]


def _at(context: Context, value: Any, names: list[str | int]) -> Any:
    """Returns the part of a value at a path."""
    for name in names:
        value = context.environment.getitem(value, name)
    return value


def _attributes(context: Context, values: Any, path: Any) -> list[Any]:
    items = list(elements(values))
    step(context, len(items))
    if is_null(path):
        return items
    names = _names(path)
    return [_at(context, item, names) for item in items]


# Elements.


def first(values: Any) -> Any:
    return next(iter(elements(values)), None)


def last(values: Any) -> Any:
    items = elements(values)
    return items[-1] if isinstance(items, list | tuple) and items else next(iter(reversed([*items])), None)


def length(value: Any) -> int:
    """Returns a text's characters, or a collection's elements. Anything else has none."""
    return len(value) if hasattr(value, "__len__") else 0


def listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, str) else list(elements(value))


def reverse(value: Any) -> Any:
    if isinstance(value, str):
        return value[::-1]
    return [*elements(value)][::-1] if is_list(value) or isinstance(value, Mapping) else value


@pass_context
def random_element(context: Context, value: Any) -> Any:
    """Returns a random element, or a random number below a number. The parts of a mail, and a second attempt, get the same one."""
    chance = _chance(context)
    if is_number(value):
        return int(chance, 16) % max(1, int(value))
    items = [*elements(value.values() if isinstance(value, Mapping) else value)]
    return items[int(chance, 16) % len(items)] if items else None


@pass_context
def shuffle(context: Context, value: Any) -> Any:
    """Returns a list in a random order, which is the same in all parts of a mail."""
    chance = _chance(context)
    if not is_list(value):
        return value
    numbers = sorted(range(len(value)), key=lambda number: hashlib.sha256(f"{chance}{number}".encode()).digest())
    return [value[number] for number in numbers]


def _chance(context: Context) -> str:
    return hashlib.sha256(draw(context).encode()).hexdigest()


def batch(values: Any, linecount: Any, fill_with: Any = None) -> list[list[Any]]:
    """Splits into rows. The last one is filled, if there is something to fill with."""
    count = int(number_of(linecount))
    if count <= 0:
        raise ValueError("batch() expects a number above 0")
    items = [*elements(values)]
    rows = [items[at : at + count] for at in range(0, len(items), count)]
    if rows and not is_null(fill_with):
        rows[-1] += [fill_with] * (count - len(rows[-1]))
    return rows


def pieces(values: Any, slices: Any, fill_with: Any = None) -> list[list[Any]]:
    """Splits into pieces of `slices` elements, as HubSpot's engine does. Jinja2 makes that many columns."""
    return batch(values, slices, fill_with)


# Selections.


@pass_context
def mapped(context: Context, values: Any, *args: Any, **named: Any) -> list[Any]:
    """Applies a filter to each element, or takes an attribute of it: `map('upper')`, `map('name')`."""
    if not args:
        items = _attributes(context, values, named.get("attribute"))
        return [named["default"] if "default" in named and is_null(item) else item for item in items]
    name, *rest = args
    apply = context.environment.filters.get(text(name))
    if apply is None or " " in text(name):
        return _attributes(context, values, name)
    items = [*elements(values)]
    step(context, len(items))
    return [apply(context, item, *rest, **named) for item in items]


def _test(context: Context, name: Any) -> Filter:
    tests: Mapping[str, Any] = context.environment.tests
    test: Filter | None = tests.get(text(name))
    if test is None:
        raise TemplateRuntimeError(f"there is no test '{text(name)[:40]}'")
    return test


def _selection(*, matching: bool) -> Filter:
    def select(context: Context, values: Any, exp_test: Any = "truthy", *args: Any) -> list[Any]:
        items = [*elements(values)]
        step(context, len(items))
        return _selected(context, items, items, (exp_test, *args), matching=matching)

    selected: Filter = pass_context(select)
    return selected


def _selection_by_attribute(*, matching: bool) -> Filter:
    def select(context: Context, values: Any, attr: Any, exp_test: Any = "truthy", *args: Any) -> list[Any]:
        items = [*elements(values)]
        return _selected(context, items, _attributes(context, items, attr), (exp_test, *args), matching=matching)

    selected: Filter = pass_context(select)
    return selected


def _selected(
    context: Context, items: list[Any], tested: list[Any], args: tuple[Any, ...], *, matching: bool
) -> list[Any]:
    test, rest = _test(context, args[0]), args[1:]
    return [item for item, value in zip(items, tested, strict=True) if bool(test(context, value, *rest)) == matching]


@pass_context
def unique(context: Context, values: Any, attr: Any = None) -> list[Any]:
    """Returns the first element of each value, or of each value of an attribute."""
    keys = map(key_of, _attributes(context, values, attr))
    first_of: dict[str, Any] = {}
    for key, item in zip(keys, elements(values), strict=True):
        first_of.setdefault(key, item)
    return list(first_of.values())


@pass_context
def groupby(context: Context, values: Any, attribute: Any) -> list[ValueGroup]:
    """Returns groups in the order of their first elements."""
    groups: dict[str, ValueGroup] = {}
    for value, item in zip(_attributes(context, values, attribute), elements(values), strict=True):
        groups.setdefault(key_of(value), ValueGroup((value, [])))[1].append(item)
    return list(groups.values())


# Order.


class _Key:
    """A value in HubL's order, for Python's sort. Capital letters matter only if the sort is case-sensitive."""

    __slots__ = ("exact", "value")

    def __init__(self, value: Any, *, exact: bool) -> None:
        self.value, self.exact = value, exact

    def __lt__(self, other: _Key) -> bool:
        left, right = self.value, other.value
        if not self.exact and isinstance(left, str) and isinstance(right, str):
            return left.lower() < right.lower()
        if is_null(left) or is_null(right):
            raise TypeError("cannot sort a list with null in it")
        return compare("<", left, right)


@pass_context
def ordered(
    context: Context, values: Any, reverse: Any = False, case_sensitive: Any = False, attribute: Any = None
) -> list[Any]:
    keys = _attributes(context, values, attribute)
    exact = flag(case_sensitive)
    sortable = keys if _are_numbers(keys) else [_Key(value, exact=exact) for value in keys]
    pairs = zip(sortable, elements(values), strict=True)
    return [item for _, item in sorted(pairs, key=lambda pair: pair[0], reverse=flag(reverse))]


def _are_numbers(values: list[Any]) -> bool:
    """Returns whether Python's own order is HubL's, and fast."""
    return all(value.__class__ in {int, float} for value in values)


def dictsort(value: Any, case_sensitive: Any = False, by: Any = "key", reverse: Any = False) -> Any:
    if not isinstance(value, Mapping):
        return value
    number, exact = (1 if text(by).lower() == "value" else 0), flag(case_sensitive)
    pairs = [Pair(pair) for pair in value.items()]
    return sorted(pairs, key=lambda pair: _Key(pair[number], exact=exact), reverse=flag(reverse))


@pass_context
def smallest(context: Context, values: Any, case_sensitive: Any = False, attribute: Any = None) -> Any:
    return next(iter(ordered(context, values, False, case_sensitive, attribute)), None)


@pass_context
def greatest(context: Context, values: Any, case_sensitive: Any = False, attribute: Any = None) -> Any:
    return next(iter(ordered(context, values, True, case_sensitive, attribute)), None)


# Sums and texts.


@pass_context
def total(context: Context, values: Any, start: Any = 0, attribute: Any = None) -> Any:
    """Adds numbers. A text that is no number counts as nothing, or names the attribute. Lists and texts are not joined."""
    if isinstance(start, str) and is_null(attribute) and _number(start) is None:
        start, attribute = 0, start
    result: Any = _number(start) or 0
    for value in _attributes(context, values, attribute):
        number = _number(value)
        if number is not None:
            left, right = alike(_exact(result), _exact(number))
            result = DECIMALS.add(left, right) if isinstance(left, Decimal) else left + right
    return result


def _number(value: Any) -> int | float | Decimal | None:
    if is_number(value):
        return value
    try:
        return parse(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _exact(value: Any) -> Any:
    return value if isinstance(value, int) else decimal(value)


@pass_context
def joined(context: Context, values: Any, d: Any = "", attr: Any = None, attribute: Any = None) -> Any:
    """Joins texts. In HTML, a part that is not trusted is escaped, as Jinja2 does."""
    path = attr if is_null(attribute) else attribute
    items = [item if isinstance(item, str) else text(item) for item in _attributes(context, values, path)]
    between = d if isinstance(d, str) else text(d)
    if context.eval_ctx.autoescape and any(hasattr(item, "__html__") for item in (*items, between)):
        return escape(between).join([escape(item) for item in items])
    return between.join(items)


# Sets. Elements are compared by their representation, so a million elements with one hash value, as numbers may have, are as cheap as others.


def key_of(value: Any) -> str:
    """Returns a text that equal values share. A text and a number differ."""
    if is_null(value):
        text(value)
        return "null"
    if isinstance(value, bool) or not is_number(value):
        return f"{kind(value)} {java_text(value)}"
    return f"number {value:f}".rstrip("0").rstrip(".") if isinstance(value, Decimal) else f"number {_plain(value)}"


def _plain(value: float) -> str:
    return str(int(value)) if isinstance(value, int) or value.is_integer() else repr(value)


def _keyed(values: Any) -> dict[str, Any]:
    return {key_of(value): value for value in elements(values)}


def union(values: Any, others: Any) -> list[Any]:
    return list((_keyed(values) | _keyed(others)).values())


def intersect(values: Any, others: Any) -> list[Any]:
    right = _keyed(others)
    return [item for key, item in _keyed(values).items() if key in right]


def difference(values: Any, others: Any) -> list[Any]:
    right = _keyed(others)
    return [item for key, item in _keyed(values).items() if key not in right]


def symmetric_difference(values: Any, others: Any) -> list[Any]:
    return difference(values, others) + difference(others, values)


# Maps.


def items(value: Any) -> list[Pair]:
    if not isinstance(value, Mapping):
        raise TypeError(f"expected a map, not {kind(value)}")
    return [Pair(pair) for pair in value.items()]


@pass_context
def attr(context: Context, value: Any, name: Any) -> Any:
    return _at(context, value, _names(name))


FILTERS: dict[str, Filter] = {
    "attr": attr,
    "batch": batch,
    "count": length,
    "dictsort": dictsort,
    "difference": difference,
    "first": first,
    "groupby": groupby,
    "intersect": intersect,
    "items": items,
    "join": joined,
    "last": last,
    "length": length,
    "list": listed,
    "map": mapped,
    "max": greatest,
    "min": smallest,
    "random": random_element,
    "reject": _selection(matching=False),
    "rejectattr": _selection_by_attribute(matching=False),
    "reverse": reverse,
    "select": _selection(matching=True),
    "selectattr": _selection_by_attribute(matching=True),
    "shuffle": shuffle,
    "slice": pieces,
    "sort": ordered,
    "sum": total,
    "symmetric_difference": symmetric_difference,
    "union": union,
    "unique": unique,
}


# Tests.


def containing_all(values: Any, items: Any) -> bool:
    keys = {key_of(value) for value in elements(values)}
    return all(key_of(item) in keys for item in elements(items))
