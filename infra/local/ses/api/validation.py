"""Checks the parameters of a call against the operation's own shape: botocore's validator, and enumerations, which it leaves to the server."""

from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, Shape, StructureShape
from botocore.validate import ParamValidator

from infra.local.rest_router import RestCall
from infra.local.ses.account import JSON
from infra.local.ses.errors import bad_request


def validated(call: RestCall, body: JSON) -> JSON:
    """Returns all parameters of a call in one dict. Raises SesError."""
    shape = call.operation.input_shape
    if not isinstance(shape, StructureShape):
        return {}
    params = body | {name: _typed(shape.members[name], value) for name, value in call.params.items()}
    report = ParamValidator().validate(params, shape)
    errors = [report.generate_report()] if report.has_errors() else list(_enum_errors(params, shape))
    if errors:
        raise bad_request("\n".join(errors))
    return params


def _typed(shape: Shape, value: Any) -> Any:
    """A value of path or query, which is text, as the shape's type."""
    if shape.type_name != "integer":
        return value
    try:
        return int(value)
    except ValueError:
        raise bad_request(f"{shape.name} must be a whole number, not {value!r}.") from None


def _enum_errors(value: Any, shape: Shape, path: str = "") -> Iterator[str]:
    if isinstance(shape, StructureShape):
        for key, member in value.items():
            yield from _enum_errors(member, shape.members[key], f"{path}.{key}")
    elif isinstance(shape, ListShape):
        for member in value:
            yield from _enum_errors(member, shape.member, path)
    elif value not in shape.metadata.get("enum", [value]):
        allowed = shape.metadata["enum"]
        yield f"Value {value!r} at {path.lstrip('.')!r} must be one of {', '.join(allowed)}."
