"""Collects the texts of Python files for the catalogues: the marked texts, and in the context of errors each message of an error.

A step reports its errors in English, with their values in place: f"there is no list {number}". The catalogues have this message with
names for its values, and the console matches messages by it. So no step depends on a language.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

from babel.messages.extract import extract_python

from functions.i18n.catalogs import ERROR

# What takes a message: FieldError("name", "..."), Conflict("..."), errors.add(where, "..."), source.rejected(at, "..."), ValueError("..."),
# and a note of an automation's run: ended(run, now, "..."), Performed("...").
_CALLS = re.compile(
    r"\w*(Error|Warning)|Conflict|NotFound|_?(rejected|refused|error|warning)|add|read|Record|RecordCheck"
    r"|ended|stopped|failed|stop|done|_moved|_left|_noted|Performed"
)
_VARIABLES = re.compile(
    r"message|meaning|note|reasons?|expired|error|advice|hint|has|listed|known|must|changed|more|\w*_REASONS?|\w*_NOTE"
)
_VALUE = re.compile(r"%\(\w+\)s")
_WORD = re.compile(r"[A-Za-z]{2,}")
WORDS_MIN = 2  # without its values: a pattern with less would match any text
_SENTENCE = 3  # words of a function's result: a shorter one is rarely a message
_FORMAT = re.compile(r"\{(\w+)(?:!r)?\}")  # a value of str.format


def extract(fileobj: Any, keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[Any, ...]]:
    """Yields each text as Babel expects it: its line, the function that translates it, the text and its comments."""
    yield from extract_python(fileobj, keywords, comment_tags, options)
    fileobj.seek(0)
    for line, text in sorted(set(error_texts(fileobj.read().decode()))):
        yield line, "pgettext", (ERROR, text), []


def error_texts(source: str) -> Iterator[tuple[int, str]]:
    """Yields the line and the text of each message."""
    for node in ast.walk(ast.parse(source)):
        least = _SENTENCE if isinstance(node, ast.Return | ast.Yield) else WORDS_MIN
        for part in _messages(node):
            for one in part.values if isinstance(part, ast.BoolOp) else [part]:
                yield from ((one.lineno, text) for text in _alternatives(one) if _words(text) >= least)


def _messages(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if _CALLS.fullmatch(name):
            return args
        case ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.keyword(arg=str(name), value=value):
            if not _VARIABLES.fullmatch(name):
                return []
            return _entries(value)
        case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value):
            return value.elts if isinstance(value, ast.Tuple) else [value]  # a message with its code, or its place
    return []


def _entries(value: ast.expr) -> list[ast.expr]:
    """Returns the texts of a table of them, or the text itself."""
    match value:
        case ast.Dict(values=values):
            return values
        case ast.Tuple(elts=elements):
            return [entry for element in elements for entry in _entries(element)]
    return [value]


def _words(text: str) -> int:
    """A code such as NOT_FOUND, or a path of a field, is no word."""
    return len(_WORD.findall(_VALUE.sub("", text))) if " " in text.strip() else 0


def _alternatives(node: ast.expr) -> list[str]:
    """Returns what an expression may be, with names for its values: 'a' if x else 'b' is two texts. Returns none if it is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return [_FORMAT.sub(r"%(\1)s", text.replace("%", "%%"))]
        case ast.IfExp(body=body, orelse=orelse):
            return _alternatives(body) + _alternatives(orelse)
        case ast.JoinedStr(values=parts):
            return _joined(parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right) if _alternatives(left) or _alternatives(right):
            return _joined([left, right])
    return []


def _joined(parts: list[ast.expr]) -> list[str]:
    names = _Names()
    choices = [_alternatives(_inner(part)) or [names.placeholder(part)] for part in parts]
    return ["".join(chosen) for chosen in product(*choices)]


def _inner(part: ast.expr) -> ast.expr:
    return part.value if isinstance(part, ast.FormattedValue) else part


class _Names:
    """The names of a message's values. One value has one name, if it is written in one way."""

    def __init__(self) -> None:
        self._by_value: dict[str, str] = {}

    def placeholder(self, part: ast.expr) -> str:
        key, base = ast.dump(part), _name(_inner(part))
        if key not in self._by_value:
            taken = sum(re.sub(r"_\d+$", "", name) == base for name in self._by_value.values())
            self._by_value[key] = f"{base}_{taken + 1}" if taken else base
        return f"%({self._by_value[key]})s"


def _name(value: ast.expr) -> str:
    """`NAME_MAX` → name_max, `len(names)` → count, `', '.join(names)` → names, `draft.email_id` → email_id."""
    match value:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lower().strip("_")
        case ast.Call(func=ast.Name(id="len")):
            return "count"
        case ast.Call(func=ast.Attribute(attr="join")):
            return "names"
        case ast.Call(func=inner) | ast.Subscript(value=inner) | ast.BinOp(left=inner) | ast.BoolOp(values=[inner, *_]):
            return _name(inner)
    return "value"
