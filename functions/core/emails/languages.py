"""The languages of an email: which it may have, and which of them a contact gets.

An email may have HubSpot's codes, and the BCP 47 tags whose subtags are in IANA's registry.

A typo would be the language of no contact, so its translation would never be sent.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")  # without extensions and private use, which no registry has
_HUBSPOT_ONLY = frozenset({"kh", "sq-xk", "sr-xk", "sy"})  # in HubSpot's list, but not in IANA's registry
PROPERTIES = ("hs_language", "language")  # HubSpot's own, then a common one
_FROM_THE_RIGHT = frozenset(
    ["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ji", "ks", "nqo", "pnb", "ps", "sd", "syr", "ug", "ur", "yi"]
)
_SCRIPTS_FROM_THE_RIGHT = frozenset(["adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"])
_SCRIPT_LENGTH = 4  # letters: BCP 47


def is_language(code: str) -> bool:
    """Whether a lower-case code is a language. Deprecated codes are, since contacts may still have them."""
    return _TAG.fullmatch(code) is not None and (code in _HUBSPOT_ONLY or _is_registered(code))


def _is_registered(code: str) -> bool:
    from language_tags.Tag import Tag  # noqa: PLC0415 - importing it reads the whole registry

    tag = Tag(code)
    deprecated = {tag.ERR_DEPRECATED, tag.ERR_SUBTAG_DEPRECATED}
    return all(error.code in deprecated for error in tag.errors)


def preferred(contact: Mapping[str, str]) -> str:
    """Returns the language that a contact's properties state, or an empty text."""
    return next((contact[name] for name in PROPERTIES if contact.get(name)), "")


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
