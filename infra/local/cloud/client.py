"""boto3 clients that stay in the process: botocore signs and parses, and the account answers in the caller's thread.

They run in the caller's thread, so CloudFormation models may use them while they hold the account's lock.

No library serves: moto's mock_aws does this for every client of the process at once, by patching botocore.
"""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from threading import Lock
from typing import Any, Final
from urllib.parse import unquote, urlencode, urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config

from infra.local.cloud.wsgi import WsgiResponse

_TARGETS: Final = {"sqs": "AmazonSQS"}
_LOCAL: Final = {
    "SCRIPT_NAME": "",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "HTTP_HOST": "localhost",
    "wsgi.url_scheme": "http",
}
ADMIN: Final = "local-admin"
Serve = Callable[[dict[str, Any]], WsgiResponse]


class Clients:
    """Creates one client per service on first use. boto3 clients are thread-safe, but creating one is not."""

    def __init__(self, serve: Serve, region: str) -> None:
        self._serve = serve
        self._region = region
        self._session = boto3.Session(ADMIN, ADMIN, region_name=region)
        self._lock = Lock()
        self._clients: dict[str, Any] = {}

    def get(self, service: str) -> Any:
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._make(service)
            return self._clients[service]

    def _make(self, service: str) -> Any:
        client: Any = self._session.client(
            service,  # type: ignore[call-overload]  # the name is data here, and the stubs require a literal
            endpoint_url="http://localhost",
            config=Config(retries={"total_max_attempts": 1}, request_checksum_calculation="when_required"),
        )
        client.meta.events.register("before-send", self._answer)
        return client

    def _answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        answer = self._serve(environ_of(request))
        return AWSResponse(request.url, answer.status, HTTPHeaders.from_pairs(answer.headers), _Raw(answer.body))


class _Raw(io.BytesIO):
    """Implements the part of urllib3's response that botocore reads."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def json_request(region: str, service: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the WSGI environment of a call in the JSON protocol, with what the account reads of it. Binary content is in base64."""
    body = json.dumps(params).encode()
    return {
        **_LOCAL,
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={ADMIN}/20260101/{region}/{service}/aws4_request",
        "HTTP_X_AMZ_TARGET": f"{_TARGETS[service]}.{operation}",
        "wsgi.input": io.BytesIO(body),
        "CONTENT_TYPE": "application/x-amz-json-1.0",
        "CONTENT_LENGTH": str(len(body)),
    }


def get_request(path: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Returns the WSGI environment of a GET that has no headers."""
    return {
        **_LOCAL,
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": urlencode(query),
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }


def environ_of(request: AWSPreparedRequest) -> dict[str, Any]:
    """Returns the WSGI environment that a server would create for this request."""
    url = urlsplit(request.url)
    body = _bytes(request.body)
    headers = {name.upper().replace("-", "_"): _text(value) for name, value in request.headers.items()}
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(url.path or "/", "utf-8").encode().decode("latin-1"),
        "QUERY_STRING": url.query,
        "RAW_URI": f"{url.path}?{url.query}" if url.query else url.path,
        "REQUEST_URI": f"{url.path}?{url.query}" if url.query else url.path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": url.netloc,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **{f"HTTP_{name}": value for name, value in headers.items() if name not in {"CONTENT_TYPE", "CONTENT_LENGTH"}},
        "CONTENT_TYPE": headers.get("CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(len(body)),
    }


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    return bytes(body.read())


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
