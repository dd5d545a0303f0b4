"""Changes to a text at offsets. What no change names stays as it is, octet for octet."""

from __future__ import annotations

from msgspec import Struct, field


class Edits(Struct):
    changes: list[tuple[int, int, str]] = field(default_factory=list)  # start, end, and what replaces it

    def insert(self, at: int, text: str) -> None:
        self.changes.append((at, at, text))

    def replace(self, start: int, end: int, text: str = "") -> None:
        self.changes.append((start, end, text))

    def applied(self, text: str) -> str:
        """Applies the changes, which do not overlap. Insertions at one place keep their order."""
        parts, at = list[str](), 0
        for start, end, new in sorted(self.changes, key=lambda change: change[:2]):
            parts += [text[at:start], new]
            at = end
        return "".join([*parts, text[at:]])
