"""Answers with the console's files. API Gateway compresses nothing, so larger texts are compressed here, once for each worker."""

from __future__ import annotations

import base64
import gzip
from functools import cache
from pathlib import PurePath

from functions.core.errors import NotFound
from functions.http.responses import HtmlPage
from functions.pages import static_files
from functions.pages.page import get
from functions.pages.visit import PageVisit

YEAR = 365 * 24 * 3600
COMPRESSED_FROM = 4096  # bytes


def show_file(visit: PageVisit) -> HtmlPage:
    """A file never changes under its address, so any copy is right."""
    name = visit.path("file")
    try:
        content = static_files.content(name)
    except KeyError:
        raise NotFound(f"there is no file {name}") from None
    headers = {
        "content-type": static_files.TYPES[PurePath(name).suffix],
        "cache-control": f"public, max-age={YEAR}, immutable",
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'",
    }
    if "charset" not in headers["content-type"]:
        return HtmlPage(base64.b64encode(content).decode(), headers, 200, base64=True)
    if len(content) >= COMPRESSED_FROM and "gzip" in visit.request.headers.get("accept-encoding", ""):
        return HtmlPage(_compressed(name), {**headers, "content-encoding": "gzip"}, 200, base64=True)
    return HtmlPage(content.decode(), headers, 200)


PAGES = (get(f"{static_files.PATH}/{{hash}}/{{file}}", show_file, public=True),)


@cache
def _compressed(name: str) -> str:
    return base64.b64encode(gzip.compress(static_files.content(name), mtime=0)).decode()
