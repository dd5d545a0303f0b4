"""Error responses in each of AWS's protocols."""

import json
from typing import Final
from xml.sax.saxutils import escape

from infra.local.cloud.request import ApiCall
from infra.local.cloud.wsgi import WsgiResponse

_XML: Final = frozenset({"sns", "iam", "sts", "cloudformation", "ses"})
_REST: Final = frozenset({"sesv2", "lambda", "scheduler", "apigatewayv2"})
_XML_HEADERS: Final = (("Content-Type", "text/xml"),)


def access_denied(call: ApiCall, message: str) -> WsgiResponse:
    """Returns the AccessDenied response that the SDK client of this call understands."""
    if call.service == "sns":
        return error_response(call, 403, "AuthorizationError", message)
    if call.service == "s3" or call.service in _XML:
        return error_response(call, 403, "AccessDenied", message)
    return error_response(call, 403 if call.service in _REST else 400, "AccessDeniedException", message)


def error_response(call: ApiCall, status: int, code: str, message: str) -> WsgiResponse:
    """Returns an error in the protocol of the call's service."""
    if call.service == "s3" or call.service in _XML:
        details = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
        body = (
            f"<Error>{details}</Error>"
            if call.service == "s3"
            else f"<ErrorResponse><Error>{details}</Error></ErrorResponse>"
        )
        return WsgiResponse(status, _XML_HEADERS, body.encode())
    content_type = "application/json" if call.service in _REST else "application/x-amz-json-1.0"
    headers = (("Content-Type", content_type), ("x-amzn-ErrorType", code))
    return WsgiResponse(status, headers, json.dumps({"__type": code, "message": message}).encode())
