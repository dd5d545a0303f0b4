"""Calls moto. A service with one address for all its operations needs no Flask, which takes half of a short call."""

from collections.abc import Mapping
from typing import Any, Final

from moto.core.request import Request
from moto.dynamodb.responses import DynamoHandler
from moto.dynamodbstreams.responses import DynamoDBStreamsHandler
from moto.events.responses import EventsHandler
from moto.server import DomainDispatcherApplication, create_backend_app
from moto.sns.responses import SNSResponse
from moto.sqs.responses import SQSResponse
from werkzeug.exceptions import HTTPException

from infra.local.cloud.wsgi import WSGIApplication, WsgiResponse, call_app

_HANDLERS: Final[Mapping[str, Any]] = {
    "dynamodb": DynamoHandler,
    "dynamodbstreams": DynamoDBStreamsHandler,
    "events": EventsHandler,
    "sns": SNSResponse,
    "sqs": SQSResponse,
}


class _ServerRequest(Request):  # type: ignore[misc]  # moto has no stubs
    from_wsgi_server = True  # the server adds the date


class MotoApp:
    """moto's services. Hold the account's lock to call it: moto loses writes under concurrency."""

    def __init__(self) -> None:
        self._flask: WSGIApplication = DomainDispatcherApplication(create_backend_app)

    def __call__(self, service: str, environ: dict[str, Any]) -> WsgiResponse:
        """Raises whatever moto raises if it cannot answer."""
        handler = _HANDLERS.get(service)
        if handler is None or environ["PATH_INFO"] != "/":
            return call_app(self._flask, environ)
        return _called(handler, _ServerRequest(environ))


def _called(handler: Any, request: Request) -> WsgiResponse:
    try:
        status, headers, content = handler.dispatch(request)
    except HTTPException as error:
        answer = error.get_response(request.environ)
        return WsgiResponse(answer.status_code, tuple(answer.headers), answer.get_data())
    body = content.encode() if isinstance(content, str) else content
    return WsgiResponse(int(status), tuple((name, str(value)) for name, value in headers.items()), body)
