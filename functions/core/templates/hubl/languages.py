"""Chooses the language of an email for a contact, and the direction in which a language is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping

_PROPERTIES = ("hs_language", "language")  # HubSpot's own, then a common one
_FROM_THE_RIGHT = frozenset(
    ["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ji", "ks", "nqo", "pnb", "ps", "sd", "syr", "ug", "ur", "yi"]
)
_SCRIPTS_FROM_THE_RIGHT = frozenset(["adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"])
_SCRIPT_LENGTH = 4  # letters: BCP 47


def preferred(contact: Mapping[str, str]) -> str:
    """Returns the language that a contact's properties state, or an empty text."""
    return next((contact[name] for name in _PROPERTIES if contact.get(name)), "")


def chosen(contact: Mapping[str, str], languages: Collection[str], fallback: str) -> str:
    """Returns the contact's language, or its base (`de` for `de-at`), if the email has it. Else it returns the fallback."""
    language = preferred(contact).strip().lower().replace("_", "-")
    while language and language not in languages:
        language = language.rpartition("-")[0]
    return language or fallback


def is_right_to_left(language: str) -> bool:
    """Whether a language tag, such as `ar`, `he-IL` or `az_Arab`, is of a language or a script that is written from right to left."""
    first, *subtags = language.strip().lower().replace("_", "-").split("-")
    script = next((subtag for subtag in subtags if len(subtag) == _SCRIPT_LENGTH and subtag.isalpha()), "")
    return script in _SCRIPTS_FROM_THE_RIGHT if script else first in _FROM_THE_RIGHT
