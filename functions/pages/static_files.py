"""The console's files: one style sheet, scripts, pictures. Their addresses have a hash of the content, so browsers keep them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from functions.http.html import TEMPLATES

STATIC = TEMPLATES / "static"
PATH = "/console/static"
TYPES = {
    ".css": "text/css;charset=utf-8",
    ".js": "text/javascript;charset=utf-8",
    ".svg": "image/svg+xml;charset=utf-8",
    ".webp": "image/webp",
}
HASH_LENGTH = 16


@cache
def url(name: str) -> str:
    """Returns the address of a file of templates/pages/static."""
    return f"{PATH}/{hashlib.sha256(content(name)).hexdigest()[:HASH_LENGTH]}/{name}"


def exists(name: str) -> bool:
    return name in _files()


@cache
def text(name: str) -> str:
    """Raises KeyError if there is no file of this name."""
    return content(name).decode()


@cache
def content(name: str) -> bytes:
    """Raises KeyError if there is no file of this name."""
    return _files()[name].read_bytes()


@cache
def _files() -> dict[str, Path]:
    return {path.name: path for path in STATIC.rglob("*") if path.suffix in TYPES}
