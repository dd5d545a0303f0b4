"""A WSGI application asked in this thread, its whole answer in hand before anyone else is let in."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from werkzeug.test import run_wsgi_app

WSGIApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def read_body(environ: dict[str, Any]) -> bytes:
    """The request's whole body, which is taken off the socket here so that no slow sender holds the account's lock."""
    stream = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated"):
        return bytes(stream.read())
    return bytes(stream.read(int(environ.get("CONTENT_LENGTH") or 0)))


def with_body(environ: dict[str, Any], body: bytes) -> dict[str, Any]:
    """A copy of the request that carries `body`."""
    return {
        **{name: value for name, value in environ.items() if name not in {"HTTP_TRANSFER_ENCODING", "HTTP_EXPECT"}},
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "CONTENT_LENGTH": str(len(body)),
    }


def ask(app: WSGIApplication, environ: dict[str, Any]) -> Answer:
    """Run `app` to the end of its answer."""
    chunks, status, headers = run_wsgi_app(app, environ, buffered=True)
    return Answer(int(status.split(" ", 1)[0]), tuple(headers), b"".join(chunks))
