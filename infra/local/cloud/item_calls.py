"""Reads and writes of DynamoDB items, without the way that moto goes for any request of any service.

moto parses a request's headers, address and body, walks through the service's model to read its parameters, and again to write its answer:
half of the time of a short call. The operations on items have JSON in and out that is the same inside and on the wire, but for binary values.
"""

import base64
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from botocore import xform_name
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.responses import DynamoHandler
from moto.utilities.aws_headers import gen_amzn_requestid_long
from werkzeug.exceptions import HTTPException

from infra.local.cloud.request import ApiCall
from infra.local.cloud.wsgi import WsgiResponse

_CONTENT_TYPE: Final = "application/x-amz-json-1.0"
_METHODS: Final = {
    operation: xform_name(operation)
    for operation in (
        *("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"),
        *("BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems"),
    )
}
_BINARY: Final = (b'"B"', b'"BS"')  # moto has these as bytes


def serves(call: ApiCall, environ: Mapping[str, Any], body: bytes, region: str) -> bool:
    """Returns whether `answer` may answer this call."""
    return (
        call.service == "dynamodb"
        and call.operation in _METHODS
        and bool(call.params)
        and f"/{region}/" in environ.get("HTTP_AUTHORIZATION", "")
        and not any(kind in body for kind in _BINARY)
    )


def answer(call: ApiCall, region: str) -> WsgiResponse:
    """Hold the account's lock to call it. Raises what moto raises if it cannot answer."""
    handler = _ItemHandler(call, region)
    headers = {"Content-Type": _CONTENT_TYPE, "server": "amazon.com"}
    gen_amzn_requestid_long(headers)
    try:
        result = getattr(handler, _METHODS[call.operation])().result
    except ServiceException as error:
        status, _, body = handler.serialized(ActionResult(error))
    except HTTPException as error:
        headers |= error.get_headers()
        status, body = error.code, error.description
    else:
        status = HTTPStatus.OK
        body = json.dumps({name: value for name, value in result.items() if value is not None}, default=_base64)
    return WsgiResponse(int(status), tuple(headers.items()), body.encode() if isinstance(body, str) else body)


class _ItemHandler(DynamoHandler):  # type: ignore[misc]  # moto has no stubs
    """moto's handler of one call, with what its methods read of a request."""

    def __init__(self, call: ApiCall, region: str) -> None:
        super().__init__()
        self.body = self.params = call.params
        self.headers = {"Content-Type": _CONTENT_TYPE}
        self.querystring: dict[str, Any] = {}
        self.response_headers: dict[str, Any] = {}
        self._operation, self._region = call.operation, region

    def _get_action(self) -> str:
        return self._operation

    @property
    def dynamodb_backend(self) -> DynamoDBBackend:
        return dynamodb_backends[DEFAULT_ACCOUNT_ID][self._region]


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
