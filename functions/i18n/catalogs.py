"""The gettext catalogues: locales/<language>/LC_MESSAGES/staffetta.po, which the set-up compiles."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

DOMAIN = "staffetta"
LOCALES = Path(__file__).parent / "locales"


@cache
def catalog(language: str) -> gettext.NullTranslations:
    """Without a compiled catalogue the texts are in English: a missing translation must not prevent a reader from unsubscribing."""
    return gettext.translation(DOMAIN, LOCALES, [language], fallback=True)
