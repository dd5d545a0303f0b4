"""Which language of an email a contact reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping

_PROPERTIES = ("hs_language", "language")  # HubSpot's own, then a plainer one


def chosen(contact: Mapping[str, str], languages: Collection[str], fallback: str) -> str:
    """The contact's language, or what it is a kind of (`de-at` is `de`), where the email has it; else the fallback."""
    asked = next((contact[name] for name in _PROPERTIES if contact.get(name)), "")
    language = asked.strip().lower().replace("_", "-")
    while language and language not in languages:
        language = language.rpartition("-")[0]
    return language or fallback
