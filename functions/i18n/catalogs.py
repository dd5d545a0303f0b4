"""The gettext catalogues: locales/<language>/LC_MESSAGES/staffetta.po, which the set-up compiles."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from functions.i18n.languages import NAMES, SOURCE

ERROR = "error"  # the context of messages of errors: infra/reference/python_texts.py collects them
DOMAIN = "staffetta"
LOCALES = Path(__file__).parent / "locales"


@cache
def catalog(language: str) -> gettext.NullTranslations:
    """Without a compiled catalogue the texts are in English: a missing translation must not prevent a reader from unsubscribing."""
    return gettext.translation(DOMAIN, LOCALES, [language], fallback=True)


def error_messages(language: str) -> Iterator[tuple[str, str]]:
    """Yields each message of an error, with its translation. English ones are their own: they are those of another catalogue, because a
    compiled one has only what is translated. Without a compiled catalogue it yields nothing.
    """
    from babel.messages.mofile import read_mo  # noqa: PLC0415 - only a page with an error needs it

    path = gettext.find(DOMAIN, LOCALES, [language] if language != SOURCE else [*NAMES.keys() - {SOURCE}])
    if path is None:
        return
    with Path(path).open("rb") as file:
        for message in read_mo(file):
            if message.context == ERROR and message.string:
                yield str(message.id), str(message.id if language == SOURCE else message.string)
