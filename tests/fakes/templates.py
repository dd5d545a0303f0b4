"""What templates share."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class MemoryPartials:
    stored: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        return self.stored.get(name)

    def put(self, name: str, text: str) -> None:
        self.stored[name] = text

    def delete(self, name: str) -> bool:
        return self.stored.pop(name, None) is not None

    def names(self) -> list[str]:
        return sorted(self.stored)
