"""What templates share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Partials(Protocol):
    """Texts that emails include, by name."""

    def get(self, name: str) -> str | None: ...

    def put(self, name: str, text: str) -> None: ...

    def delete(self, name: str) -> bool:
        """Returns False if there was none."""

    def names(self) -> list[str]:
        """In alphabetical order."""


class SiteSettings(Protocol):
    """The stage's site settings that have a value, by name."""

    def get(self) -> Mapping[str, str]:
        """May be a moment out of date."""

    def change(self, changes: Mapping[str, str | None]) -> Mapping[str, str]:
        """Applies core.templates.site_settings.changed. Returns all settings. Raises Retry if others keep changing them."""
