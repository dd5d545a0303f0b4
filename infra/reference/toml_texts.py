"""Collects the texts of starters for the catalogues: their names and descriptions. pyproject.toml names it to Babel."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

KEYS = ("name", "description")


def extract(fileobj: Any, *_: object, **__: object) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yields each text as Babel expects it: its line, the function that translates it, the text and its comments."""
    document = tomllib.loads(fileobj.read().decode())
    for number, key in enumerate(KEYS, start=1):
        if key in document:
            yield number, "gettext", document[key], []
