"""The router recognises every operation of our REST APIs in the request that botocore makes."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

import pytest
from botocore.model import ListShape, OperationModel, Shape, StructureShape
from botocore.serialize import create_serializer
from botocore.session import get_session

from infra.local.rest_router import route

SERVICES = ["s3", "lambda", "scheduler", "sesv2", "apigatewayv2"]
ALIKE = {  # S3 operations with the method, path and query of an older one, which is recognised in their place
    "GetBucketLifecycleConfiguration",
    "GetBucketNotificationConfiguration",
    "ListDirectoryBuckets",
    "PutBucketLifecycleConfiguration",
    "PutBucketNotificationConfiguration",
}
ELSEWHERE = {"WriteGetObjectResponse"}  # it has a host of its own
SIMPLE: dict[str, Any] = {
    "string": "è 1",
    "integer": 7,
    "long": 7,
    "boolean": True,
    "blob": b"x",
    "timestamp": "2026-11-29T00:00:00Z",
}


def sample(shape: Shape) -> Any:
    if isinstance(shape, StructureShape):
        return {name: sample(shape.members[name]) for name in shape.required_members}
    if isinstance(shape, ListShape):
        return [sample(shape.member), "b"] if shape.member.type_name == "string" else [sample(shape.member)]
    return {} if shape.type_name == "map" else SIMPLE[shape.type_name]


def environ(operation: OperationModel, params: dict[str, Any]) -> dict[str, Any]:
    """Returns the request as a WSGI server passes it."""
    serializer = create_serializer(operation.service_model.metadata["protocol"], include_validation=False)
    request = serializer.serialize_to_request(params, operation)
    path, _, fixed = request["url_path"].partition("?")
    pairs = list(request["query_string"].items() if isinstance(request["query_string"], dict) else [])
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request["headers"].items()}
    return {
        "REQUEST_METHOD": request["method"],
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": "&".join(part for part in (fixed, urlencode(pairs, doseq=True)) if part),
        **headers,
    }


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_is_recognised(service: str) -> None:
    model = get_session().get_service_model(service)
    for name in set(model.operation_names) - ALIKE - ELSEWHERE:
        operation = model.operation_model(name)
        shape = operation.input_shape
        params = sample(shape) if isinstance(shape, StructureShape) else {}
        members = shape.members if isinstance(shape, StructureShape) else {}
        in_url = {
            member: value if isinstance(value, list) else str(value)
            for member, value in params.items()
            if members[member].serialization.get("location") in {"uri", "querystring"}
        }
        call = route(service, environ(operation, params))
        assert call, name
        assert (call.operation.name, call.params, call.missing) == (name, in_url, frozenset())


def test_a_query_parameter_that_is_repeated_counts_once() -> None:
    call = route("s3", {"REQUEST_METHOD": "GET", "PATH_INFO": "/b", "QUERY_STRING": "list-type=2&prefix=a&prefix=b"})
    assert call
    assert (call.operation.name, call.params) == ("ListObjectsV2", {"Bucket": "b", "Prefix": "a"})


def test_required_parameters_that_are_missing_are_named() -> None:
    call = route("sesv2", {"REQUEST_METHOD": "DELETE", "PATH_INFO": "/v2/email/tags", "QUERY_STRING": "TagKeys=a"})
    assert call
    assert (call.operation.name, set(call.missing)) == ("UntagResource", {"ResourceArn"})


@pytest.mark.parametrize(("method", "path"), [("GET", "/v2/nothing"), ("PATCH", "/v2/email/account")])
def test_no_operation_has_another_method_or_path(method: str, path: str) -> None:
    assert route("sesv2", {"REQUEST_METHOD": method, "PATH_INFO": path}) is None
