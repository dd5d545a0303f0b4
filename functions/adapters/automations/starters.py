"""Starters of automations: each is a folder under templates/automations.

starter.toml      description, emails (names of starters under templates/email); optional: properties of contacts
automation.yaml   the definition, with the ids of those emails
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from functions.adapters.templates import starters
from functions.core.addresses import Address
from functions.core.automations.starter import AutomationStarter
from functions.core.contacts.property_definitions import FIELD_TYPES, PropertyDefinition, PropertyType

ROOT = Path(__file__).parents[3] / "templates" / "automations"


def names() -> list[str]:
    return sorted(folder.name for folder in ROOT.iterdir() if (folder / "starter.toml").is_file())


def load(name: str, sender: Address) -> AutomationStarter:
    """Raises LookupError, with the names of all starters."""
    if name not in names():
        raise LookupError(f"there is no starter {name!r}; there are: {', '.join(names())}")
    metadata = tomllib.loads((ROOT / name / "starter.toml").read_text("utf-8"))
    return AutomationStarter(
        name=name,
        title=metadata["name"],
        description=metadata["description"],
        text=(ROOT / name / "automation.yaml").read_text("utf-8"),
        emails=tuple(starters.load(email, sender).draft for email in metadata["emails"]),
        properties=tuple(
            PropertyDefinition(
                name=name,
                label=stated["label"],
                type=(kind := PropertyType(stated["type"])),
                field_type=FIELD_TYPES[kind][0],
            )
            for name, stated in metadata.get("properties", {}).items()
        ),
    )
