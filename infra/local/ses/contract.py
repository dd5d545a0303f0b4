"""The service's own model decides routes and shapes: botocore's description of sesv2, read instead of typed by hand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import botocore.session
from botocore.model import ListShape, OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator

from infra.local.ses.account import JSON
from infra.local.ses.errors import SesError, bad_request


@dataclass(frozen=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    operation: OperationModel


def match(method: str, path: str) -> tuple[OperationModel, JSON]:
    """The operation of a request and the parameters in its path."""
    for route in _routes():
        found = route.pattern.fullmatch(path)
        if found and route.method == method:
            return route.operation, found.groupdict()
    raise SesError("UnknownOperationException", f"sesv2 has no operation at {method} {path}.")


def parameters(operation: OperationModel, in_path: JSON, query: str, body: JSON) -> JSON:
    """All parameters of a call in one dict, checked against the operation's input shape."""
    shape = operation.input_shape
    if not isinstance(shape, StructureShape):
        return {}
    params = {**body, **dict(_in_query(shape, query)), **in_path}
    report = ParamValidator().validate(params, shape)
    faults = [report.generate_report()] if report.has_errors() else list(_enum_faults(params, shape))
    if faults:
        raise bad_request("\n".join(faults))
    return params


@cache
def _routes() -> list[Route]:
    model = botocore.session.get_session().get_service_model("sesv2")
    return [_route(model.operation_model(name)) for name in model.operation_names]


def _route(operation: OperationModel) -> Route:
    uri = operation.http["requestUri"].rstrip("/")
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", uri)
    return Route(operation.http["method"], re.compile(pattern + "/?"), operation)


def _in_query(shape: StructureShape, query: str) -> Iterator[tuple[str, Any]]:
    given = parse_qs(query, keep_blank_values=True)
    for member, described in shape.members.items():
        values = given.get(described.serialization.get("name", member))
        if values and described.serialization.get("location") == "querystring":
            yield member, _from_text(described, values)


def _from_text(shape: Shape, values: list[str]) -> Any:
    if isinstance(shape, ListShape):
        return values
    if shape.type_name != "integer":
        return values[0]
    try:
        return int(values[0])
    except ValueError:
        raise bad_request(f"{shape.name} must be a whole number, not {values[0]!r}.") from None


def _enum_faults(value: Any, shape: Shape, path: str = "") -> Iterator[str]:
    """Checked here because botocore leaves enumerations to the server."""
    if isinstance(shape, StructureShape):
        for key, member in value.items():
            yield from _enum_faults(member, shape.members[key], f"{path}.{key}")
    elif isinstance(shape, ListShape):
        for member in value:
            yield from _enum_faults(member, shape.member, path)
    elif value not in shape.metadata.get("enum", [value]):
        allowed = shape.metadata["enum"]
        yield f"Value {value!r} at {path.lstrip('.')!r} must be one of {', '.join(allowed)}."
