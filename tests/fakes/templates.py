"""What templates share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from functions.core.templates import site_settings
from functions.steps.templates.site_settings import SiteVariables
from tests.fakes import Clock
from tests.fakes.contacts import MemorySubscriptionTypes


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


@dataclass
class MemorySiteSettings:
    stored: Mapping[str, str] = field(default_factory=dict)

    def get(self) -> Mapping[str, str]:
        return self.stored

    def change(self, changes: Mapping[str, str | None]) -> Mapping[str, str]:
        self.stored = site_settings.changed(self.stored, changes)
        return self.stored


PORTAL = 4711


def a_site(settings: MemorySiteSettings | None = None, types: MemorySubscriptionTypes | None = None) -> SiteVariables:
    return SiteVariables(
        settings=settings or MemorySiteSettings(),
        subscription_types=types or MemorySubscriptionTypes(),
        portal_id=PORTAL,
        translate=lambda _, text: text,
        clock=Clock(),
    )
