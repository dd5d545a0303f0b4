"""Starter emails: each is a folder under templates/email, read as a draft to publish.

email.toml    name, subject, description, id; optional: preview, subcategory, subscription, track_opens, track_clicks, sensitive
email.mjml    the body (Jinja2 in MJML)
email.txt     the text part (Jinja2); without one it is derived from the body
sample.json   {"contactProperties": {...}, "customProperties": {...}}: data that renders it

A translation into `it` has email.it.mjml, email.it.txt, and its subject and preview in the table [translations.it] of email.toml.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from functions.core.addresses import Address
from functions.core.emails.email import TRANSACTIONAL, EmailDraft, SampleData, Subcategory, TemplateSource

ROOT = Path(__file__).parents[3] / "templates" / "email"
PARTIALS = ROOT / "_partials"


class Starter(Struct, frozen=True):
    draft: EmailDraft
    description: str
    sample: dict[str, Any]


def names() -> list[str]:
    return sorted(folder.name for folder in ROOT.iterdir() if (folder / "email.toml").is_file())


def source(name: str) -> TemplateSource | None:
    """Returns a starter's template, or None if there is no starter of this name."""
    return _source(ROOT / name / "email", _metadata(name)) if name in names() else None


def load(name: str, sender: Address) -> Starter:
    """Raises LookupError, with the names of all starters."""
    if name not in names():
        raise LookupError(f"there is no starter {name!r}; there are: {', '.join(names())}")
    metadata = _metadata(name)
    sample = json.loads((ROOT / name / "sample.json").read_text("utf-8"))
    sensitive = metadata.get("sensitive", False)
    draft = EmailDraft(
        email_id=metadata["id"],
        name=metadata["name"],
        source=_source(ROOT / name / "email", metadata),
        variants={
            language: _source(ROOT / name / f"email.{language}", translation)
            for language, translation in metadata.get("translations", {}).items()
        },
        sender=sender,
        subcategory=Subcategory(metadata.get("subcategory", Subcategory.SINGLE_SEND_API)),
        subscription=metadata.get("subscription", TRANSACTIONAL),
        track_opens=metadata.get("track_opens", True) and not sensitive,
        track_clicks=metadata.get("track_clicks", True) and not sensitive,
        sensitive=sensitive,
        sample=SampleData(sample["contactProperties"], sample["customProperties"]),
    )
    return Starter(draft, metadata["description"], sample)


def partial(name: str) -> str | None:
    """The text of a bundled partial: templates/email/_partials/<name>.mjml."""
    path = PARTIALS / f"{name}.mjml"
    return path.read_text("utf-8") if path.is_file() else None


def partials() -> list[str]:
    return sorted(path.stem for path in PARTIALS.glob("*.mjml"))


def _metadata(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / name / "email.toml").read_text("utf-8"))


def _source(path: Path, metadata: Mapping[str, Any]) -> TemplateSource:
    """Reads the files of one language. `path` has no extension."""
    text = path.with_name(f"{path.name}.txt")
    return TemplateSource(
        subject=metadata["subject"],
        body=path.with_name(f"{path.name}.mjml").read_text("utf-8"),
        text=text.read_text("utf-8") if text.is_file() else "",
        preview=metadata.get("preview", ""),
    )
