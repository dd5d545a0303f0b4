"""Starter emails: one folder each under templates/email, read as a draft to publish.

email.toml    name, subject, description, id; optional: track_opens, track_clicks
email.mjml    the body (Jinja2 in MJML)
email.txt     the text part (Jinja2)
sample.json   {"contactProperties": {...}, "customProperties": {...}}: data that renders it
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from functions.core.addresses import Address
from functions.core.email import Draft, Source

ROOT = Path(__file__).parents[2] / "templates" / "email"


@dataclass(frozen=True, slots=True)
class Starter:
    draft: Draft
    description: str
    sample: dict[str, Any]


def names() -> list[str]:
    return sorted(folder.name for folder in ROOT.iterdir() if (folder / "email.toml").is_file())


def load(name: str, sender: Address) -> Starter:
    """Raises LookupError that lists the starters there are."""
    folder = ROOT / name
    if name not in names():
        raise LookupError(f"there is no starter {name!r}; there are: {', '.join(names())}")
    told = tomllib.loads((folder / "email.toml").read_text("utf-8"))
    draft = Draft(
        email_id=told["id"],
        name=told["name"],
        source=Source(
            subject=told["subject"],
            body=(folder / "email.mjml").read_text("utf-8"),
            text=(folder / "email.txt").read_text("utf-8"),
        ),
        sender=sender,
        track_opens=told.get("track_opens", True),
        track_clicks=told.get("track_clicks", True),
    )
    return Starter(draft, told["description"], json.loads((folder / "sample.json").read_text("utf-8")))
