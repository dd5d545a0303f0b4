"""The contract of an email: the properties that its templates use, as a JSON Schema for API callers.

A type follows from a property's use, and is only a hint. A request is checked only for the properties that every language requires.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

ROOTS = ("contact", "custom")
REQUIRED_MAX, PATH_MAX = 100, 200  # checked at accept; further ones are checked at rendering
DEPTH_MAX = 8  # nested objects and lists in the contract: DynamoDB stores 32 levels, and each takes up to three
# The uses of a property, the strongest first: one in a loop is a list, even if it has other uses.
_KINDS = ("list", "object", "date", "number", "text", "boolean")
_TYPES: dict[str, type | tuple[type, ...]] = {
    "list": list,
    "object": dict,
    "date": (str, int, float),
    "number": (str, int, float),
}
_SCHEMAS: dict[str, dict[str, Any]] = {
    "date": {"type": ["string", "number"], "description": "a date: ISO-8601 text, or milliseconds since 1970"},
    "number": {"type": ["number", "string"], "description": "a number"},
    "text": {"type": ["string", "number", "boolean"]},
    "boolean": {"description": "true or false, or a value that counts as one"},
}


class Variable(Struct):
    kinds: set[str] = field(default_factory=set)
    required: bool = False
    default: Any = None  # a constant of the template
    parts: dict[str, Variable] = field(default_factory=dict)  # of an object
    each: Variable | None = None  # of a list

    @property
    def kind(self) -> str:
        kinds = self.kinds | ({"list"} if self.each else set()) | ({"object"} if self.parts else set())
        return next((kind for kind in _KINDS if kind in kinds), "text")


Variables = dict[str, Variable]  # of contact and custom, each an object


def none_yet() -> Variables:
    return {root: Variable() for root in ROOTS}


def requires(languages: Sequence[Variables]) -> tuple[str, ...]:
    """Returns the paths of the custom properties that every language requires."""
    sets = [set(_required(variables["custom"])) for variables in languages]
    return tuple(sorted(set.intersection(*sets)))[:REQUIRED_MAX] if sets else ()


def _required(variable: Variable, prefix: str = "") -> Iterator[str]:
    for name, part in variable.parts.items():
        if part.required and "." not in name and len(prefix + name) <= PATH_MAX:
            yield prefix + name
            yield from _required(part, f"{prefix}{name}.")


def schema(languages: Sequence[Variables]) -> dict[str, Any]:
    """Returns the JSON Schema of a send's `contactProperties` and `customProperties`. A contact's may be stored already, so none is required."""
    needed = requires(languages)
    contact, custom = (_merged([variables[root] for variables in languages]) for root in ROOTS)
    result: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "contactProperties": _object(contact, (), ""),
            "customProperties": _object(custom, needed, ""),
        },
    }
    if needed:
        result["required"] = ["customProperties"]
    return result


def kind_of(part: Mapping[str, Any]) -> str:
    """Returns the kind of a property by its schema: as `schema` wrote it."""
    if part.get("type") == "array":
        return "list"
    if part.get("type") == "object":
        return "object"
    return next((kind for kind, own in _SCHEMAS.items() if part and {**part, **own} == part), "text")


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
        result: dict[str, Any] = {"type": "array"}
        if variable.each and (variable.each.parts or variable.each.each):
            result["items"] = _schema(variable.each, (), "")
    elif kind == "object":
        result = _object(variable, needed, f"{path}.")
    else:
        result = dict(_SCHEMAS[kind])
    fits = isinstance(variable.default, _TYPES.get(kind, (str, int, float)))
    return {**result, "default": variable.default} if fits else result


def _object(variable: Variable, needed: Sequence[str], prefix: str) -> dict[str, Any]:
    parts = {name: _schema(part, needed, prefix + name) for name, part in sorted(variable.parts.items())}
    required = [name for name in parts if prefix + name in needed]
    return {"type": "object", "properties": parts, **({"required": required} if required else {})}
