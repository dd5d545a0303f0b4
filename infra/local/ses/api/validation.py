"""Checks the parameters of a call against the operation's own shape: botocore's validator, and what it leaves to the server: maximum
lengths, patterns and enumerations, refused in the words that AWS's services share.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from botocore.model import ListShape, Shape, StructureShape
from botocore.utils import parse_to_aware_datetime
from botocore.validate import ParamValidator

from infra.local.rest_router import RestCall
from infra.local.ses.account import JSON
from infra.local.ses.errors import bad_request

_READERS: Final[Mapping[str, Callable[[str], Any]]] = {"integer": int, "timestamp": parse_to_aware_datetime}


def validated(call: RestCall, body: JSON) -> JSON:
    """Returns all parameters of a call in one dict. Raises SesError."""
    shape = call.operation.input_shape
    if not isinstance(shape, StructureShape):
        return {}
    params = body | {name: _typed(shape.members[name], value) for name, value in call.params.items()}
    report = ParamValidator().validate(params, shape)
    if report.has_errors():
        raise bad_request(report.generate_report())
    errors = list(_constraint_errors(params, shape))
    if errors:
        count = f"{len(errors)} validation error{'s' if len(errors) > 1 else ''} detected"
        raise bad_request(f"{count}: {'; '.join(errors)}")
    return params


def _typed(shape: Shape, value: Any) -> Any:
    """A value of path or query, which is text, as the shape's type."""
    try:
        return _READERS.get(shape.type_name, str)(value) if isinstance(value, str) else value
    except (ValueError, OverflowError):
        raise bad_request(f"{shape.name} must be a {shape.type_name}, not {value!r}.") from None


def _constraint_errors(value: Any, shape: Shape, path: str = "") -> Iterator[str]:
    constraint = _broken_constraint(value, shape)
    if constraint:
        quoted = f" '{value}'" if isinstance(value, str) else ""
        yield f"Value{quoted} at '{path}' failed to satisfy constraint: Member must {constraint}"
    if isinstance(shape, StructureShape):
        for key, member in value.items():
            name = key[:1].lower() + key[1:]
            yield from _constraint_errors(member, shape.members[key], f"{path}.{name}" if path else name)
    elif isinstance(shape, ListShape):
        for number, member in enumerate(value, start=1):
            yield from _constraint_errors(member, shape.member, f"{path}.{number}.member")


def _broken_constraint(value: Any, shape: Shape) -> str | None:
    limits = shape.metadata
    if shape.type_name in {"string", "list"} and len(value) > limits.get("max", len(value)):
        return f"have length less than or equal to {limits['max']}"
    if shape.type_name == "integer" and value > limits.get("max", value):
        return f"have value less than or equal to {limits['max']}"
    if shape.type_name != "string":
        return None
    if value not in limits.get("enum", [value]):
        return f"satisfy enum value set: [{', '.join(limits['enum'])}]"
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        return f"satisfy regular expression pattern: {limits['pattern']}"
    return None
