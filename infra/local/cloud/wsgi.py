"""Calls a WSGI application in this thread and reads its whole response."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

WSGIApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]


@dataclass(frozen=True)
class WsgiResponse:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def read_body(environ: dict[str, Any]) -> bytes:
    """Reads the request's whole body off the socket, so that no slow sender holds the account's lock."""
    stream = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated"):
        return bytes(stream.read())
    return bytes(stream.read(int(environ.get("CONTENT_LENGTH") or 0)))


def with_body(environ: dict[str, Any], body: bytes) -> dict[str, Any]:
    """Returns a copy of the request with `body`."""
    return {
        **{name: value for name, value in environ.items() if name not in {"HTTP_TRANSFER_ENCODING", "HTTP_EXPECT"}},
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "CONTENT_LENGTH": str(len(body)),
    }


def call_app(app: WSGIApplication, environ: dict[str, Any]) -> WsgiResponse:
    """Runs `app` to the end of its response. werkzeug's run_wsgi_app does the same for each half of a response that may be streamed."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], None]:
        begun.append((status, headers))
        return written.append

    chunks = app(environ, start_response)
    try:
        content = b"".join(chunks)
    finally:
        if close := getattr(chunks, "close", None):
            close()
    status, headers = begun[-1]
    return WsgiResponse(int(status.partition(" ")[0]), tuple(headers), b"".join(written) + content)
