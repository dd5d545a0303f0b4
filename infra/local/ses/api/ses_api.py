"""SES's v2 API over WSGI: routes and shapes from the service's model, one handler per operation, SES's errors."""

import json
import logging
import uuid
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from infra.local.rest_router import path_of, route
from infra.local.ses.account import JSON, SimulatedAccount
from infra.local.ses.api.operations import HANDLERS
from infra.local.ses.api.simple_content import blob, mime_of
from infra.local.ses.api.validation import validated
from infra.local.ses.errors import SesError, bad_request
from infra.local.ses.sending import Submission

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

MAX_REQUEST_BYTES = 64 * 1024 * 1024
PRINCIPAL = "staffetta.principal"
"""Key of the WSGI environ with the name of the caller's role, set by the local cloud. If it is absent, the caller is the root user."""

log = logging.getLogger(__name__)


class SesApi:
    """The WSGI application. `submit` accepts messages. All other operations use `account`, under its lock."""

    def __init__(self, account: SimulatedAccount, submit: Callable[[Submission], str]) -> None:
        self._account = account
        self._submit = submit

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        headers = [("Content-Type", "application/json"), ("x-amzn-RequestId", str(uuid.uuid4()))]
        try:
            status, answer = HTTPStatus.OK, self._answer(environ)
        except SesError as error:
            status, answer = HTTPStatus(error.status), {"message": error.message}
            headers.append(("x-amzn-ErrorType", error.code))
        except Exception:  # the request boundary of a server
            log.exception("The SES API failed at %s %s", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            status, answer = HTTPStatus.INTERNAL_SERVER_ERROR, {"message": "The SES simulator failed; see its log."}
            headers.append(("x-amzn-ErrorType", "InternalServiceErrorException"))
        body = json.dumps(answer).encode()
        start_response(f"{status.value} {status.phrase}", [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ: "WSGIEnvironment") -> JSON:
        call = route("sesv2", environ)
        if call is None:
            at = f"{environ['REQUEST_METHOD']} {path_of(environ)}"
            raise SesError("UnknownOperationException", f"sesv2 has no operation at {at}.")
        params = validated(call, _body(environ))
        if call.operation.name == "SendEmail":
            return {"MessageId": self._submit(_submission(params, environ))}
        handler = HANDLERS.get(call.operation.name)
        if handler is None:
            raise SesError("NotImplementedException", f"{call.operation.name} is not simulated locally.")
        with self._account.lock:
            return handler(self._account, params)


def _body(environ: "WSGIEnvironment") -> JSON:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > MAX_REQUEST_BYTES:
        raise bad_request(f"A request may have at most {MAX_REQUEST_BYTES} bytes, not {length}.")
    text = environ["wsgi.input"].read(length) if length else b""
    try:
        body = json.loads(text or b"{}")
    except ValueError:
        raise SesError("SerializationException", "The request body is not JSON.") from None
    if not isinstance(body, dict):
        raise SesError("SerializationException", "The request body is not a JSON object.")
    return body


def _submission(params: JSON, environ: "WSGIEnvironment") -> Submission:
    operation, raw = _content(params)
    tracking = params.get("ConfigurationOverrides", {}).get("Tracking", {})
    destination = params.get("Destination", {})
    return Submission(
        raw=raw,
        source=params.get("FromEmailAddress", ""),
        destinations=tuple(
            address
            for member in ("ToAddresses", "CcAddresses", "BccAddresses")
            for address in destination.get(member, [])
        ),
        configuration_set=params.get("ConfigurationSetName"),
        tags={tag["Name"]: tag["Value"] for tag in params.get("EmailTags", [])},
        caller_identity=environ.get(PRINCIPAL) or "root",
        source_ip=environ.get("REMOTE_ADDR") or "127.0.0.1",
        operation=operation,
        track_opens=_enabled(tracking.get("OpenTrackingEnabled")),
        track_clicks=_enabled(tracking.get("ClickTrackingEnabled")),
    )


def _content(params: JSON) -> tuple[str, bytes]:
    for member in ("ListManagementOptions", "TenantName", "EndpointId"):
        if member in params:
            raise bad_request(f"{member} is not supported locally.")
    match list(params["Content"]):
        case ["Raw"]:
            return "SendRawEmail", blob(params["Content"]["Raw"]["Data"])
        case ["Simple"]:
            return "SendEmail", mime_of(params)
        case ["Template"]:
            raise bad_request("Content.Template is not supported locally: send Raw or Simple content.")
    raise bad_request("Content needs exactly one of Raw, Simple and Template.")


def _enabled(setting: str | None) -> bool | None:
    return None if setting is None else setting == "ENABLED"
