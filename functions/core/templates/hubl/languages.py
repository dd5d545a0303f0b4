"""Chooses the language of an email for a contact."""

from __future__ import annotations

from collections.abc import Collection, Mapping

_PROPERTIES = ("hs_language", "language")  # HubSpot's own, then a common one


def preferred(contact: Mapping[str, str]) -> str:
    """Returns the language that a contact's properties state, or an empty text."""
    return next((contact[name] for name in _PROPERTIES if contact.get(name)), "")


def chosen(contact: Mapping[str, str], languages: Collection[str], fallback: str) -> str:
    """Returns the contact's language, or its base (`de` for `de-at`), if the email has it. Else it returns the fallback."""
    language = preferred(contact).strip().lower().replace("_", "-")
    while language and language not in languages:
        language = language.rpartition("-")[0]
    return language or fallback
