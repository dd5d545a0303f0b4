"""What templates share."""

from __future__ import annotations

from typing import Protocol


class Partials(Protocol):
    """Texts that emails include, by name."""

    def get(self, name: str) -> str | None: ...

    def put(self, name: str, text: str) -> None: ...

    def delete(self, name: str) -> bool:
        """Returns False if there was none."""

    def names(self) -> list[str]:
        """In alphabetical order."""
