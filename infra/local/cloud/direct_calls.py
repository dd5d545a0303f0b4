"""Calls on items and on messages, without the way that moto goes for any request of any service.

moto parses a request's headers, address and body, walks through the service's model to read its parameters, and again to write its answer:
half of the time of a short call. These calls have JSON in and out that is the same inside and on the wire, but for binary values.
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
from moto.dynamodb.responses import DynamoHandler
from moto.sqs.responses import SQSResponse
from moto.utilities.aws_headers import gen_amzn_requestid_long
from werkzeug.exceptions import HTTPException

from infra.local.cloud.request import ApiCall
from infra.local.cloud.wsgi import WsgiResponse

_CONTENT_TYPE: Final = "application/x-amz-json-1.0"
_OPERATIONS: Final = {
    "dynamodb": {
        *("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"),
        *("BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems"),
    },
    "sqs": {
        *("SendMessage", "SendMessageBatch", "ReceiveMessage", "DeleteMessage", "DeleteMessageBatch"),
        *("ChangeMessageVisibility", "ChangeMessageVisibilityBatch"),
    },
}
_METHODS: Final = {operation: xform_name(operation) for names in _OPERATIONS.values() for operation in names}
_BINARY: Final = (b'"B"', b'"BS"', b'"BinaryValue"')  # moto has these as bytes


def serves(call: ApiCall, environ: Mapping[str, Any], body: bytes, region: str) -> bool:
    """Returns whether `answer` may answer this call."""
    return (
        call.operation in _OPERATIONS.get(call.service, ())
        and "HTTP_X_AMZ_TARGET" in environ  # not SQS's former protocol
        and bool(call.params)
        and f"/{region}/" in environ.get("HTTP_AUTHORIZATION", "")
        and not any(kind in body for kind in _BINARY)
    )


def answer(call: ApiCall, region: str) -> WsgiResponse:
    """Hold the account's lock to call it. Raises what moto raises if it cannot answer."""
    handler = _HANDLERS[call.service](call, region)
    headers: dict[str, Any] = {"Content-Type": _CONTENT_TYPE, "server": "amazon.com"}
    gen_amzn_requestid_long(headers)
    try:
        result = getattr(handler, _METHODS[call.operation])().result or {}
    except ServiceException as error:
        status, own, body = handler.serialized(ActionResult(error))
        headers |= own
    except HTTPException as error:
        status, body = error.code, error.description
        headers |= error.get_headers()
    else:
        status = HTTPStatus.OK
        body = json.dumps({name: value for name, value in result.items() if value is not None}, default=_base64)
    content = body.encode() if isinstance(body, str) else body
    return WsgiResponse(int(status), tuple((name, str(value)) for name, value in headers.items()), content)


class _DirectCall:
    """What the methods of moto's handlers read of a request."""

    def __init__(self, call: ApiCall, region: str) -> None:
        super().__init__()
        self.body = self.params = call.params
        self.current_account, self.region = DEFAULT_ACCOUNT_ID, region
        self.path = "/"
        self.headers = {"Content-Type": _CONTENT_TYPE}
        self.uri_match: dict[str, Any] = {}
        self.querystring: dict[str, Any] = {}
        self.response_headers: dict[str, Any] = {}
        self._operation = call.operation

    def _get_action(self) -> str:
        return self._operation


class _ItemCall(_DirectCall, DynamoHandler):  # type: ignore[misc]  # moto has no stubs
    pass


class _MessageCall(_DirectCall, SQSResponse):  # type: ignore[misc]  # moto has no stubs
    pass


_HANDLERS: Final[Mapping[str, Any]] = {"dynamodb": _ItemCall, "sqs": _MessageCall}


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
