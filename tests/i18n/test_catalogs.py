"""The catalogues: every text of the pages has a translation into every language, with the same placeholders."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from functions.i18n.catalogs import DOMAIN, LOCALES, catalog
from functions.i18n.languages import NAMES, SOURCE
from infra import ROOT


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def po(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def texts(messages: Catalog) -> dict[tuple[str, str], str]:
    """By context and text."""
    return {
        (message.context or "", joined(message.id)): joined(message.string)
        for message in messages
        if message.id and not message.fuzzy
    }


def joined(forms: str | Sequence[str] | None) -> str:
    """The singular and the plurals of a text; nothing if one of them lacks. Italian has a form of its own for millions."""
    if forms is None or isinstance(forms, str):
        return forms or ""
    return "\n".join(forms) if all(forms) else ""


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """The texts in the templates, as pyproject.toml has them collected."""
    template = tmp_path_factory.mktemp("extracted") / "staffetta.pot"
    pybabel = (sys.executable, "-m", "babel.messages.frontend", "--quiet")
    command = (*pybabel, "extract", "--mapping-file=pyproject.toml", f"--output-file={template}", ".")
    subprocess.run(command, cwd=ROOT, check=True)
    return set(texts(read(template)))


def test_every_language_has_a_catalogue() -> None:
    assert {path.name for path in LOCALES.iterdir()} == set(NAMES)


@pytest.mark.parametrize("language", NAMES)
def test_a_catalogue_has_the_texts_of_the_templates(language: str, extracted: set[tuple[str, str]]) -> None:
    assert extracted
    assert set(texts(read(po(language)))) == extracted


@pytest.mark.parametrize("language", set(NAMES) - {SOURCE})
def test_no_text_lacks_a_translation(language: str) -> None:
    translated = texts(read(po(language)))
    assert [text for text, translation in translated.items() if not translation] == []
    for (_, text), translation in translated.items():
        assert set(placeholders(translation)) == set(placeholders(text))


def placeholders(text: str) -> list[str]:
    return re.findall(r"%\(\w+\)s", text)


@pytest.mark.parametrize("language", set(NAMES) - {SOURCE})
def test_the_set_up_compiled_the_catalogue(language: str) -> None:
    """`make setup` compiles it again after a change."""
    with po(language).with_suffix(".mo").open("rb") as file:
        assert texts(read_mo(file)) == texts(read(po(language)))


def test_one_thing_is_no_plural() -> None:
    for language, one, many in (("en", "1 line read", "2 lines read"), ("it", "1 riga letta", "2 righe lette")):
        forms = [
            catalog(language).ngettext("%(lines)s line read", "%(lines)s lines read", count) % {"lines": count}
            for count in (1, 2)
        ]
        assert forms == [one, many]


def test_a_missing_catalogue_leaves_the_texts_in_english() -> None:
    assert catalog("xx").gettext("Email preferences") == "Email preferences"
    assert catalog("it").gettext("Email preferences") == "Preferenze email"
