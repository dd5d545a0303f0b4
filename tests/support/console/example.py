"""An address of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Example:
    """`fields` of a form; a page to read has its query in the path."""

    path: str
    fields: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
