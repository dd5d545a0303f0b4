"""Lists of the v2 API that moved: older SDKs read them with a GET, newer ones with a POST. SES answers both."""

import io
import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

_MOVED: Final = {
    "/v2/email/identities": "/v2/email/list-identities",
    "/v2/email/configuration-sets": "/v2/email/list-configuration-sets",
}


def as_today(environ: "WSGIEnvironment") -> "WSGIEnvironment":
    """Returns the request as an SDK of today makes it."""
    path = _MOVED.get(environ["PATH_INFO"].rstrip("/"))
    if environ["REQUEST_METHOD"] != "GET" or path is None:
        return environ
    query: dict[str, Any] = dict(parse_qsl(environ.get("QUERY_STRING", "")))
    if query.get("PageSize", "").isdigit():
        query["PageSize"] = int(query["PageSize"])
    body = json.dumps(query).encode()
    moved = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "QUERY_STRING": "", "CONTENT_LENGTH": str(len(body))}
    return environ | moved | {"wsgi.input": io.BytesIO(body)}
