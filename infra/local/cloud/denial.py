"""How each of AWS's protocols says no, and how it says that it broke."""

import json
from typing import Final
from xml.sax.saxutils import escape

from infra.local.cloud.asked import Asked
from infra.local.cloud.wsgi import Answer

_XML: Final = frozenset({"sns", "iam", "sts", "cloudformation", "ses"})
_REST: Final = frozenset({"sesv2", "lambda", "scheduler", "apigatewayv2"})
_XML_HEADERS: Final = (("Content-Type", "text/xml"),)


def denial(asked: Asked, message: str) -> Answer:
    """The refusal of `asked` as its SDK client understands it."""
    if asked.service == "sns":
        return fault(asked, 403, "AuthorizationError", message)
    if asked.service == "s3" or asked.service in _XML:
        return fault(asked, 403, "AccessDenied", message)
    return fault(asked, 403 if asked.service in _REST else 400, "AccessDeniedException", message)


def fault(asked: Asked, status: int, code: str, message: str) -> Answer:
    """An error in the protocol of the service that was asked."""
    if asked.service == "s3" or asked.service in _XML:
        told = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
        body = (
            f"<Error>{told}</Error>"
            if asked.service == "s3"
            else f"<ErrorResponse><Error>{told}</Error></ErrorResponse>"
        )
        return Answer(status, _XML_HEADERS, body.encode())
    kind = "application/json" if asked.service in _REST else "application/x-amz-json-1.0"
    headers = (("Content-Type", kind), ("x-amzn-ErrorType", code))
    return Answer(status, headers, json.dumps({"__type": code, "message": message}).encode())
