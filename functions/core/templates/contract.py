"""The contract of an email: which properties its templates ask for, as a JSON Schema for those who send it.

Types are read off the use: they tell what is expected. Only what is required, in every language, is held against a request.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct, field

ROOTS = ("contact", "custom")
REQUIRED_MAX, PATH_MAX = 100, 200  # told before a send is accepted; what is more is told when it is rendered
DEPTH_MAX = (
    8  # of objects and lists in one another that are told: DynamoDB stores 32 levels, of which each takes up to three
)
# The strongest of what a property is used as: one that is looped over is a list, whatever else is asked of it.
_KINDS = ("list", "object", "date", "number", "text", "boolean")
_SCHEMAS: dict[str, dict[str, Any]] = {
    "date": {"type": ["string", "number"], "description": "a date: ISO-8601 text, or milliseconds since 1970"},
    "number": {"type": ["number", "string"], "description": "a number"},
    "text": {"type": ["string", "number", "boolean"]},
    "boolean": {"description": "true or false, or whatever stands for it"},
}


class Variable(Struct):
    kinds: set[str] = field(default_factory=set)
    required: bool = False
    default: str | None = None  # as the template writes it
    parts: dict[str, Variable] = field(default_factory=dict)  # of an object
    each: Variable | None = None  # of a list

    @property
    def kind(self) -> str:
        found = self.kinds | ({"list"} if self.each else set()) | ({"object"} if self.parts else set())
        return next((kind for kind in _KINDS if kind in found), "text")


Variables = dict[str, Variable]  # contact's and custom's, each an object


def none_yet() -> Variables:
    return {root: Variable() for root in ROOTS}


def requires(languages: Sequence[Variables]) -> tuple[str, ...]:
    """The paths of custom properties without which no language renders."""
    sets = [set(_required(variables["custom"])) for variables in languages]
    return tuple(sorted(set.intersection(*sets)))[:REQUIRED_MAX] if sets else ()


def _required(variable: Variable, prefix: str = "") -> Iterator[str]:
    for name, part in variable.parts.items():
        if part.required and "." not in name and len(prefix + name) <= PATH_MAX:
            yield prefix + name
            yield from _required(part, f"{prefix}{name}.")


def schema(languages: Sequence[Variables]) -> dict[str, Any]:
    """JSON Schema of the `contactProperties` and `customProperties` of a send. A contact's may be known from before, so none is required."""
    needed = requires(languages)
    contact, custom = (_merged([variables[root] for variables in languages]) for root in ROOTS)
    given: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "contactProperties": _object(contact, (), ""),
            "customProperties": _object(custom, needed, ""),
        },
    }
    if needed:
        given["required"] = ["customProperties"]
    return given


def _merged(variables: Sequence[Variable], depth: int = 0) -> Variable:
    result = Variable()
    for one in variables:
        result.kinds |= one.kinds
        result.default = one.default if result.default is None else result.default
    if depth > DEPTH_MAX:
        return result
    for name in sorted({name for one in variables for name in one.parts}):
        result.parts[name] = _merged([one.parts[name] for one in variables if name in one.parts], depth + 1)
    lists = [one.each for one in variables if one.each]
    result.each = _merged(lists, depth + 1) if lists else None
    return result


def _schema(variable: Variable, needed: Sequence[str], path: str) -> dict[str, Any]:
    kind = variable.kind
    if kind == "list":
        given: dict[str, Any] = {"type": "array"}
        if variable.each and (variable.each.parts or variable.each.each):
            given["items"] = _schema(variable.each, (), "")
    elif kind == "object":
        given = _object(variable, needed, f"{path}.")
    else:
        given = dict(_SCHEMAS[kind])
    return given if variable.default is None else {**given, "default": variable.default}


def _object(variable: Variable, needed: Sequence[str], prefix: str) -> dict[str, Any]:
    parts = {name: _schema(part, needed, prefix + name) for name, part in sorted(variable.parts.items())}
    required = [name for name in parts if prefix + name in needed]
    return {"type": "object", "properties": parts, **({"required": required} if required else {})}
