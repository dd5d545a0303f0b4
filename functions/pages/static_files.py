"""The console's files: one style sheet, one script of ours, and htmx. Their addresses have a hash of the content, so browsers keep them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from functions.http.html import TEMPLATES

STATIC = TEMPLATES / "static"
PATH = "/console/static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
HASH_LENGTH = 16


def url(name: str) -> str:
    """Returns the address of a file of templates/pages/static."""
    return f"{PATH}/{hashlib.sha256(text(name).encode()).hexdigest()[:HASH_LENGTH]}/{name}"


@cache
def text(name: str) -> str:
    """Raises KeyError if there is no file of this name."""
    return _files()[name].read_text("utf-8")


@cache
def _files() -> dict[str, Path]:
    return {path.name: path for path in STATIC.rglob("*") if path.suffix in TYPES}
