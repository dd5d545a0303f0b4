"""SES's v1 API, which many programs still call, as a translation: each operation is a call of the v2 API, and its answer is XML.

An operation that has no translation here answers that it is not simulated.
"""

import base64
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from moto.core.parse import QueryParser
from moto.core.serialize import QuerySerializer
from moto.core.utils import get_service_model
from werkzeug.test import run_wsgi_app

from infra.local.rest_router import RestCall
from infra.local.ses.account import JSON
from infra.local.ses.api.validation import validated
from infra.local.ses.errors import SesError

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_SEND: Final = "/v2/email/outbound-emails"
_IDENTITIES: Final = "/v2/email/identities"
_MAX_LISTED: Final = 1000
_V1_CODES: Final = {
    "BadRequestException": "InvalidParameterValue",
    "NotFoundException": "ConfigurationSetDoesNotExist",
    "SendingPausedException": "AccountSendingPausedException",
    "TooManyRequestsException": "Throttling",
}
_KINDS: Final = {"EMAIL_ADDRESS": "EmailAddress", "DOMAIN": "Domain"}


@dataclass(frozen=True)
class _V2Call:
    method: str
    path: str
    body: JSON


@dataclass(frozen=True)
class _Translation:
    """`call` makes the v2 call from the v1 parameters, `answer` the v1 answer from both."""

    call: Callable[[JSON], _V2Call]
    answer: Callable[[JSON, JSON], JSON] = lambda _params, _answer: {}


class QueryApi:
    """The WSGI application. `v2` is the application of the v2 API."""

    def __init__(self, v2: "WSGIApplication") -> None:
        self._v2 = v2

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            status, body = "200 OK", self._answer(environ)
        except SesError as refusal:
            error = SesError(_V1_CODES.get(refusal.code, refusal.code), refusal.message)
            status, body = f"{int(error.status)} {error.code}", _error(error)
        start_response(status, [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ: "WSGIEnvironment") -> bytes:
        form = dict(parse_qsl(_body(environ).decode("utf-8", "replace"), keep_blank_values=True))
        action = form.get("Action", "")
        operation = _operation(action)
        translation = _TRANSLATIONS.get(action)
        if translation is None:
            raise SesError("NotImplementedException", f"{action} is not simulated locally.")
        params = validated(RestCall(operation, QueryParser(operation).parse({"values": form}), frozenset()), {})
        answer = self._call_v2(environ, translation.call(params))
        body = QuerySerializer(operation).serialize(translation.answer(params, answer))["body"]
        return body if isinstance(body, bytes) else body.encode()

    def _call_v2(self, environ: "WSGIEnvironment", call: _V2Call) -> JSON:
        """Raises SesError."""
        body = json.dumps(call.body).encode() if call.body else b""
        request = environ | {
            "REQUEST_METHOD": call.method,
            "PATH_INFO": call.path,
            "QUERY_STRING": "",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        chunks, status, headers = run_wsgi_app(self._v2, request, buffered=True)
        answer: JSON = json.loads(b"".join(chunks))
        if not status.startswith("200"):
            raise SesError(headers["x-amzn-ErrorType"], answer["message"])
        return answer


def _body(environ: "WSGIEnvironment") -> bytes:
    return bytes(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))


def _operation(action: str) -> Any:
    """The model of an operation as moto's parser and serializer need it."""
    model = get_service_model("ses")
    if action not in model.operation_names:
        raise SesError("InvalidAction", f"Could not find operation {action}")
    return model.operation_model(action)


def _error(error: SesError) -> bytes:
    kind = "Sender" if error.status < 500 else "Receiver"  # noqa: PLR2004  (HTTP's classes)
    detail = f"<Type>{kind}</Type><Code>{error.code}</Code><Message>{escape(error.message)}</Message>"
    return f"<ErrorResponse><Error>{detail}</Error><RequestId>local</RequestId></ErrorResponse>".encode()


def _send_email(params: JSON) -> _V2Call:
    message = params["Message"]
    simple = {"Subject": message["Subject"], "Body": message["Body"]}
    return _send(params, {"Simple": simple}, params["Destination"], ReplyToAddresses=params.get("ReplyToAddresses"))


def _send_raw_email(params: JSON) -> _V2Call:
    raw = base64.b64encode(params["RawMessage"]["Data"]).decode()
    return _send(params, {"Raw": {"Data": raw}}, {"ToAddresses": params.get("Destinations", [])})


def _send(params: JSON, content: JSON, destination: JSON, **more: Any) -> _V2Call:
    body = {
        "FromEmailAddress": params.get("Source"),
        "Destination": destination,
        "Content": content,
        "ConfigurationSetName": params.get("ConfigurationSetName"),
        "EmailTags": params.get("Tags"),
        "FeedbackForwardingEmailAddress": params.get("ReturnPath"),
        **more,
    }
    return _V2Call("POST", _SEND, {name: value for name, value in body.items() if value is not None})


def _message_id(_params: JSON, answer: JSON) -> JSON:
    return {"MessageId": answer["MessageId"]}


def _account(_params: JSON) -> _V2Call:
    return _V2Call("GET", "/v2/email/account", {})


def _list(what: str) -> Callable[[JSON], _V2Call]:
    return lambda _params: _V2Call("POST", f"/v2/email/list-{what}", {"PageSize": _MAX_LISTED})


def _identity_names(params: JSON, answer: JSON) -> JSON:
    kind = params.get("IdentityType")
    names = [
        identity["IdentityName"]
        for identity in answer["EmailIdentities"]
        if kind in (None, _KINDS.get(identity["IdentityType"]))
    ]
    return {"Identities": names}


def _verification(params: JSON, answer: JSON) -> JSON:
    states = {identity["IdentityName"]: identity["SendingEnabled"] for identity in answer["EmailIdentities"]}
    attributes = {
        name: {"VerificationStatus": "Success" if states[name] else "Pending"}
        for name in params["Identities"]
        if name in states
    }
    return {"VerificationAttributes": attributes}


def _verified_addresses(_params: JSON, answer: JSON) -> JSON:
    return {"VerifiedEmailAddresses": _identity_names({"IdentityType": "EmailAddress"}, answer)["Identities"]}


_TRANSLATIONS: Final[Mapping[str, _Translation]] = {
    "SendEmail": _Translation(_send_email, _message_id),
    "SendRawEmail": _Translation(_send_raw_email, _message_id),
    "GetSendQuota": _Translation(_account, lambda _params, answer: answer["SendQuota"]),
    "GetAccountSendingEnabled": _Translation(_account, lambda _params, answer: {"Enabled": answer["SendingEnabled"]}),
    "ListIdentities": _Translation(_list("identities"), _identity_names),
    "ListVerifiedEmailAddresses": _Translation(_list("identities"), _verified_addresses),
    "GetIdentityVerificationAttributes": _Translation(_list("identities"), _verification),
    "VerifyEmailIdentity": _Translation(
        lambda params: _V2Call("POST", _IDENTITIES, {"EmailIdentity": params["EmailAddress"]})
    ),
    "DeleteIdentity": _Translation(lambda params: _V2Call("DELETE", f"{_IDENTITIES}/{params['Identity']}", {})),
    "ListConfigurationSets": _Translation(
        _list("configuration-sets"),
        lambda _params, answer: {"ConfigurationSets": [{"Name": name} for name in answer["ConfigurationSets"]]},
    ),
}
