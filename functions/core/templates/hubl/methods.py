"""The methods of HubL's values: Java's and Python's of a text, a list and a map, and those of a date. Each is named here; there are no others.

A list or a map may be changed by its methods. Texts come out of a trusted text as trusted only if Python's own method returns it so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from functions.core.templates.hubl.values import (
    NUMBERS,
    Pair,
    compare,
    elements,
    equal,
    equal_element,
    is_null,
    java_text,
    number_of,
    text,
)

Method = Callable[..., Any]
CHANGES_MAX = 1_000_000  # elements of a list that grows


def _int(value: Any) -> int:
    return int(number_of(value))


# Texts.


def _substring(value: str, start: Any, end: Any = None) -> str:
    first, last = _int(start), len(value) if end is None else _int(end)
    if not 0 <= first <= last <= len(value):
        raise ValueError(f"substring({first}, {last}): the text has {len(value)} characters")
    return value[first:last]


def _char_at(value: str, index: Any) -> str:
    number = _int(index)
    if not 0 <= number < len(value):
        raise ValueError(f"charAt({number}): the text has {len(value)} characters")
    return value[number]


def _compare_to(value: str, other: Any) -> int:
    right = text(other)
    first = next((number for number, (a, b) in enumerate(zip(value, right, strict=False)) if a != b), -1)
    return len(value) - len(right) if first < 0 else ord(value[first]) - ord(right[first])


def _split(value: str, separator: Any = None, limit: Any = None) -> list[str]:
    """Splits at a literal separator. A limit is the most pieces, as in Java."""
    if is_null(separator):
        return value.split()
    most = _int(limit) - 1 if not is_null(limit) and _int(limit) > 0 else -1
    pieces = value.split(text(separator), most) if text(separator) else [*value]
    while is_null(limit) and len(pieces) > 1 and not pieces[-1]:  # Java drops the last empty ones
        pieces.pop()
    return pieces


def _replace(value: str, old: Any, new: Any, count: Any = None) -> str:
    return value.replace(text(old), _alike(value, new), -1 if is_null(count) else _int(count))


def _alike(value: str, other: Any) -> str:
    return other if isinstance(other, str) else text(other)


def _strip(name: str) -> Method:
    def strip(value: str, characters: Any = None) -> str:
        method: Callable[..., str] = getattr(value, name)
        return method() if is_null(characters) else method(text(characters))

    return strip


def _padded(name: str) -> Method:
    def padded(value: str, width: Any, fill: Any = " ") -> str:
        method: Callable[..., str] = getattr(value, name)
        return method(_int(width), text(fill)) if name != "zfill" else method(_int(width))

    return padded


def _plain(name: str) -> Method:
    def plain(value: str) -> Any:
        return getattr(value, name)()

    return plain


def _find(name: str) -> Method:
    def find(value: str, part: Any, *bounds: Any) -> int:
        searched: Callable[..., int] = getattr(value, name)
        return searched(text(part), *map(_int, bounds))

    return find


def _starts(value: str, start: Any, *bounds: Any) -> bool:
    return value.startswith(text(start), *map(_int, bounds))


def _ends(value: str, end: Any, *bounds: Any) -> bool:
    return value.endswith(text(end), *map(_int, bounds))


def _joined(value: str, values: Any) -> str:
    return value.join([item if isinstance(item, str) else java_text(item) for item in elements(values)])


def _repeat(value: str, times: Any) -> str:
    return value * _int(times)


def _hash_code(value: str) -> int:
    """Returns Java's hash of a text: 32 bits."""
    result = 0
    for unit in memoryview(value.encode("utf-16-le")).cast("H"):
        result = (31 * result + unit) & 0xFFFFFFFF
    return result - (1 << 32) if result >> 31 else result


_TEXT: dict[str, Method] = {
    **{name: _plain(name) for name in ("capitalize", "isalnum", "isalpha", "isdecimal", "isdigit", "islower")},
    **{name: _plain(name) for name in ("isnumeric", "isspace", "istitle", "isupper", "lower", "upper", "title")},
    **{name: _plain(name) for name in ("splitlines", "swapcase", "casefold")},
    **{name: _find(name) for name in ("find", "rfind", "count")},
    **{name: _strip(name) for name in ("strip", "lstrip", "rstrip")},
    **{name: _padded(name) for name in ("center", "ljust", "rjust", "zfill")},
    "charAt": _char_at,
    "compareTo": _compare_to,
    "compareToIgnoreCase": lambda value, other: _compare_to(value.lower(), text(other).lower()),
    "concat": lambda value, other: value + _alike(value, other),
    "contains": lambda value, part: text(part) in value,
    "endsWith": _ends,
    "endswith": _ends,
    "equals": lambda value, other: isinstance(other, str) and value == other,
    "equalsIgnoreCase": lambda value, other: isinstance(other, str) and value.lower() == other.lower(),
    "hashCode": _hash_code,
    "indexOf": _find("find"),
    "isBlank": lambda value: not value.strip(),
    "isEmpty": lambda value: not value,
    "join": _joined,
    "lastIndexOf": lambda value, part: value.rfind(text(part)),
    "length": len,
    "removeprefix": lambda value, start: value.removeprefix(text(start)),
    "removesuffix": lambda value, end: value.removesuffix(text(end)),
    "repeat": _repeat,
    "replace": _replace,
    "rsplit": lambda value, separator=None, limit=-1: value.rsplit(
        None if is_null(separator) else text(separator), _int(limit)
    ),
    "split": _split,
    "startsWith": _starts,
    "startswith": _starts,
    "stripLeading": lambda value: value.lstrip(),
    "stripTrailing": lambda value: value.rstrip(),
    "substring": _substring,
    "toLowerCase": lambda value: value.lower(),
    "toString": lambda value: value,
    "toUpperCase": lambda value: value.upper(),
    "trim": lambda value: value.strip(),
}


# Lists.


def _index(values: list[Any], item: Any, start: Any = 0, end: Any = None) -> int:
    last = len(values) if end is None else _int(end)
    matches = (number for number in range(_int(start), min(last, len(values))) if equal_element(values[number], item))
    return next(matches, -1)


def _last_index(values: list[Any], item: Any) -> int:
    return max((number for number, value in enumerate(values) if equal_element(value, item)), default=-1)


def _grown(values: list[Any], count: int) -> None:
    if len(values) + count > CHANGES_MAX:
        raise OverflowError(f"a list of the template would have more than {CHANGES_MAX:,} elements")


def _append(values: list[Any], item: Any) -> bool:
    _grown(values, 1)
    values.append(item)
    return True


def _add(values: list[Any], *args: Any) -> bool | None:
    if len(args) == 1:
        return _append(values, args[0])
    _insert(values, *args)
    return None


def _extend(values: list[Any], items: Any) -> bool:
    more = list(elements(items))
    _grown(values, len(more))
    values.extend(more)
    return bool(more)


def _insert(values: list[Any], index: Any, item: Any) -> None:
    _grown(values, 1)
    values.insert(_int(index), item)


def _pop(values: list[Any], index: Any = -1) -> Any:
    if not -len(values) <= _int(index) < len(values):
        raise ValueError(f"pop({_int(index)}): the list has {len(values)} elements")
    return values.pop(_int(index))


def _remove(values: list[Any], item: Any) -> Any:
    """Removes the element of a number's index, or the first equal element."""
    if isinstance(item, int) and not isinstance(item, bool):
        return _pop(values, item)
    at = _index(values, item)
    if at >= 0:
        del values[at]
    return at >= 0


def _get(values: list[Any], index: Any) -> Any:
    return values[_int(index)] if -len(values) <= _int(index) < len(values) else None


def _set(values: list[Any], index: Any, item: Any) -> Any:
    before = _get(values, index)
    values[_int(index)] = item
    return before


def _sort(values: list[Any], *_: Any) -> None:
    values.sort(key=_Ordered)


class _Ordered:
    """A value in HubL's order, for Python's sort."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Ordered) -> bool:
        return compare("<", self.value, other.value)


_READ_LIST: dict[str, Method] = {
    "contains": lambda values, item: _index(values, item) >= 0,
    "containsAll": lambda values, items: all(_index(values, item) >= 0 for item in elements(items)),
    "copy": list,
    "count": lambda values, item: sum(equal_element(value, item) for value in values),
    "equals": equal,
    "get": _get,
    "index": _index,
    "indexOf": _index,
    "isEmpty": lambda values: not values,
    "lastIndexOf": _last_index,
    "size": len,
    "subList": lambda values, start, end: list(values)[_int(start) : _int(end)],
    "toString": text,
}
_CHANGE_LIST: dict[str, Method] = {
    "add": _add,
    "addAll": _extend,
    "append": _append,
    "clear": lambda values: values.clear(),
    "extend": _extend,
    "insert": _insert,
    "pop": _pop,
    "remove": _remove,
    "reverse": lambda values: values.reverse(),
    "set": _set,
    "sort": _sort,
}

# Maps.


def _key(mapping: Mapping[Any, Any], key: Any) -> Any:
    """Returns the map's key: HubL's are texts, and a number finds its text."""
    return key if key in mapping or isinstance(key, str) else text(key)


def _map_get(mapping: Mapping[Any, Any], key: Any, default: Any = None) -> Any:
    value = mapping.get(_key(mapping, key))
    return default if value is None else value


def _put(mapping: dict[Any, Any], key: Any, value: Any) -> Any:
    before = _map_get(mapping, key)
    mapping[text(key)] = value
    return before


def _update(mapping: dict[Any, Any], other: Any = None, **named: Any) -> None:
    if other is not None and not isinstance(other, Mapping):
        raise TypeError("update(): expected a map")
    mapping.update({**(other or {}), **named})


def _put_if_absent(mapping: dict[Any, Any], key: Any, value: Any) -> Any:
    before = _map_get(mapping, key)
    if before is None:
        mapping[text(key)] = value
    return before


_READ_MAP: dict[str, Method] = {
    "containsKey": lambda mapping, key: _key(mapping, key) in mapping,
    "containsValue": lambda mapping, value: any(equal(item, value) for item in mapping.values()),
    "copy": dict,
    "entrySet": lambda mapping: [Pair(pair) for pair in mapping.items()],
    "equals": equal,
    "get": _map_get,
    "getOrDefault": _map_get,
    "isEmpty": lambda mapping: not mapping,
    "items": lambda mapping: [Pair(pair) for pair in mapping.items()],
    "keySet": list,
    "keys": list,
    "size": len,
    "toString": text,
    "values": lambda mapping: list(mapping.values()),
}
_CHANGE_MAP: dict[str, Method] = {
    "clear": lambda mapping: mapping.clear(),
    "pop": lambda mapping, key, default=None: mapping.pop(_key(mapping, key), default),
    "put": _put,
    "putAll": _update,
    "putIfAbsent": _put_if_absent,
    "remove": lambda mapping, key: mapping.pop(_key(mapping, key), None),
    "setdefault": lambda mapping, key, value=None: mapping.setdefault(text(key), value),
    "update": _update,
}
_PAIR: dict[str, Method] = {"getKey": lambda pair: pair[0], "getValue": lambda pair: pair[1]}
_BOOLEAN: dict[str, Method] = {"equals": equal, "toString": text}
_NUMBER: dict[str, Method] = {
    "compareTo": lambda value, other: int(value > number_of(other)) - int(value < number_of(other)),
    "doubleValue": float,
    "equals": equal,
    "intValue": int,
    "longValue": int,
    "toString": text,
}
CHANGING = frozenset([*_CHANGE_LIST, *_CHANGE_MAP])
TABLES: dict[str, dict[str, Method]] = {
    "text": _TEXT,
    "list": {**_READ_LIST, **_CHANGE_LIST},
    "map": {**_READ_MAP, **_CHANGE_MAP},
    "entry": _PAIR,
    "number": _NUMBER,
    "boolean": _BOOLEAN,
}
NAMES = frozenset(name for table in TABLES.values() for name in table)


# The first type of a value counts: a bool is an int, and a pair a tuple.
_TABLE_OF: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (str, "text"),
    (bool, "boolean"),
    (NUMBERS, "number"),
    (Pair, "entry"),
    ((list, tuple, range), "list"),
    (dict, "map"),
)


def table_of(value: Any) -> str:
    """Returns the name of a value's methods, or an empty text."""
    return next((name for types, name in _TABLE_OF if isinstance(value, types)), "")


def method_of(value: Any, name: str) -> Method | None:
    """Returns a value's method. A tuple and a range have the methods that change nothing."""
    if isinstance(value, tuple | range) and not isinstance(value, Pair):
        return _READ_LIST.get(name)
    return TABLES.get(table_of(value), {}).get(name)
