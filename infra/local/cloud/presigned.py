"""S3's presigned URLs: the signature covers the method, the key, the signed headers and the time, so a call that differs is refused.

moto ignores all of it. An upload's length is a signed header: S3 refuses other lengths.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

_TIMESTAMP: Final = "%Y%m%dT%H%M%SZ"
_SCOPE_PARTS: Final = 5
_MISMATCH: Final = (
    403,
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
)


def refusal(environ: Mapping[str, Any], secret: str, now: datetime) -> tuple[int, str, str] | None:
    """Returns status, code and message with which S3 refuses a presigned request that `secret` did not sign; None if it is valid.

    A request without a signature in its query is not presigned, so it is valid here.
    """
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    if "X-Amz-Signature" not in query:
        return None
    try:
        signed_at = datetime.strptime(query["X-Amz-Date"], _TIMESTAMP).replace(tzinfo=UTC)
        until = signed_at + timedelta(seconds=int(query["X-Amz-Expires"]))
        expected = _signature(environ, query, secret)
    except (KeyError, ValueError):
        return 400, "AuthorizationQueryParametersError", "The query does not have the parameters of a presigned URL."
    if now > until:
        return 403, "AccessDenied", "Request has expired"
    return None if compare_digest(expected, query["X-Amz-Signature"]) else _MISMATCH


def _signature(environ: Mapping[str, Any], query: Mapping[str, str], secret: str) -> str:
    """Raises ValueError if the credential's scope is malformed, KeyError if a parameter is missing."""
    scope = query["X-Amz-Credential"].split("/")
    if len(scope) != _SCOPE_PARTS:
        raise ValueError(query["X-Amz-Credential"])
    key_id, _, region, service, _ = scope
    signed = {name: value for name, value in query.items() if name != "X-Amz-Signature"}
    path = environ["REQUEST_URI"].partition("?")[0]
    names = query["X-Amz-SignedHeaders"].split(";")
    request = AWSRequest(
        method=environ["REQUEST_METHOD"],
        url=f"http://{environ['HTTP_HOST']}{path}?{urlencode(signed, quote_via=quote, safe='-_.~')}",
        headers={name: _header(environ, name) for name in names},
    )
    request.context["timestamp"] = query["X-Amz-Date"]
    signer = S3SigV4QueryAuth(Credentials(key_id, secret), service, region)
    signature: str = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return signature


def _header(environ: Mapping[str, Any], name: str) -> str:
    variable = name.upper().replace("-", "_")
    return str(environ.get(variable if variable in {"CONTENT_LENGTH", "CONTENT_TYPE"} else f"HTTP_{variable}", ""))
