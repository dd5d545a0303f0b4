"""Reads the service, the operation and the parameters of a request, in any of AWS's protocols.

Services are named as botocore names its clients ("sesv2", "cloudwatch"), operations and parameters as in its models.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from infra.local.rest_router import path_of, route

Environ = dict[str, Any]

# The client of each signing name that is not the client's own name. A path prefix decides between two clients.
_CLIENT_OF_SIGNING_NAME: Final = {
    "monitoring": (("", "cloudwatch"),),
    "ses": (("/v2/email/", "sesv2"), ("", "ses")),
    "apigateway": (("/v2/", "apigatewayv2"), ("", "apigateway")),
    "aws-scheduler": (("", "scheduler"),),
}
_CLIENT_OF_TARGET: Final = {
    "DynamoDB_20120810": "dynamodb",
    "DynamoDBStreams_20120810": "dynamodbstreams",
    "AWSCognitoIdentityProviderService": "cognito-idp",
}
_REST_CLIENTS: Final = frozenset({"s3", "lambda", "scheduler", "sesv2", "apigatewayv2"})
_CREDENTIAL: Final = re.compile(r"([^/\s=,]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_RPC_PATH: Final = re.compile(r"^/service/[^/]+/operation/(\w+)$")


@dataclass(frozen=True)
class ApiCall:
    """The API call that a request makes. `operation` is "" if the request has an unrecognised form."""

    service: str
    operation: str
    access_key: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


def read(environ: Environ, body: bytes) -> ApiCall:
    """Returns the API call of a request. Never raises, since moto may support requests that we do not recognise."""
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    path = path_of(environ)
    access_key, signing_name = _credential(environ, query)
    target_prefix, _, target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")
    service = _CLIENT_OF_TARGET.get(target_prefix) or _client(signing_name, path)
    if target:
        return ApiCall(service, target, access_key, _json(body))
    if rpc := _RPC_PATH.match(path):
        return ApiCall(service, rpc[1], access_key)
    if service in _REST_CLIENTS:
        return _rest(service, access_key, environ, body)
    form = query | _form(environ, body)
    return ApiCall(service, form.get("Action", ""), access_key, form)


def _credential(environ: Environ, query: Mapping[str, str]) -> tuple[str | None, str]:
    scope = environ.get("HTTP_AUTHORIZATION") or query.get("X-Amz-Credential", "")
    match = _CREDENTIAL.search(scope)
    return (match[1], match[3]) if match else (None, "")


def _client(signing_name: str, path: str) -> str:
    choices = _CLIENT_OF_SIGNING_NAME.get(signing_name, (("", signing_name),))
    return next((client for prefix, client in choices if path.startswith(prefix)), signing_name)


def _rest(service: str, access_key: str | None, environ: Environ, body: bytes) -> ApiCall:
    call = route(service, environ)
    if call is None or call.missing:
        return ApiCall(service, "", access_key)
    operation, params = call.operation.name, call.params
    if operation == "DeleteObjects":
        return ApiCall(service, operation, access_key, {**params, "Keys": _keys_to_delete(body)})
    payload = {} if service == "s3" else _json(body)
    return ApiCall(service, operation, access_key, {**payload, **params})


def _json(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _form(environ: Environ, body: bytes) -> dict[str, str]:
    if not environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _keys_to_delete(body: bytes) -> list[str]:
    """Returns the keys of an S3 DeleteObjects document, in any namespace. Returns none if it is not XML."""
    try:
        root = ET.fromstring(body)  # noqa: S314  (local caller; entities are not expanded by expat beyond its own limits)
    except ET.ParseError:
        return []
    return [element.text or "" for element in root.iter() if element.tag.rpartition("}")[2] == "Key"]
