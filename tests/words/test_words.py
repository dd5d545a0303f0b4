"""The linter of words finds each forbidden word in its place, and leaves alike words and other people's names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.words.__main__ import RULES
from tests.words.linter import (
    Exemption,
    Rules,
    Word,
    check_class_names,
    check_sentences,
    check_suppressions,
    check_words,
    files,
    mean_sentence_words,
)

PYTHON = '''"""Nothing is told here."""

import json as told_json  # a name of ours
from hypothesis import given

# The first line of a comment,
# and its second: told.
LIMIT = 1  # noqa: S105 - told


class Told:
    asked: int

    def read(self, toldYou: str) -> str:
        """Reads `told` quietly."""
        self.wasTold = 1
        raise ValueError(f"the value {toldYou!r} was told twice")


@given()
def use(value: dict[str, str]) -> str:
    return value["told"] + value.told
'''


def _lines(folder: Path, name: str, source: str, *words: Word, exempt: tuple[Exemption, ...] = ()) -> list[str]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    findings = check_words(Rules(words, exempt), [folder])
    return [f"{finding.line} {finding.text}" for finding in findings]


def test_it_finds_a_word_in_every_kind_of_python_text(tmp_path: Path) -> None:
    assert _lines(tmp_path, "file.py", PYTHON, Word("told|given", "returned")) == [
        "1 docstrings: told",
        "3 names: told",
        "7 comments: told",
        "8 comments: told",
        "11 names: Told".lower(),
        "14 names: told",
        "16 names: told",
        "17 messages: told",
    ]


def test_a_word_holds_in_its_scopes_only(tmp_path: Path) -> None:
    assert _lines(tmp_path, "file.py", PYTHON, Word("told", "returned", ("messages",))) == ["17 messages: told"]


def test_an_exemption_covers_its_word_by_path_and_phrase(tmp_path: Path) -> None:
    source = "# As such.\nA = 1\n# Words such\n# as these.\nB = 2\n"
    words = (Word("such", "like this"),)
    by_phrase = Exemption("such", "begins examples", phrase="such as")
    elsewhere = Exemption("such", "other files", path="*/other.py")
    here = Exemption("such", "this file", path="*/file.py")
    assert _lines(tmp_path, "file.py", source, *words, exempt=(by_phrase, elsewhere)) == ["1 comments: such"]
    assert _lines(tmp_path, "file.py", source, *words, exempt=(here,)) == []


def test_whole_words_match_over_line_ends(tmp_path: Path) -> None:
    source = "# It is well-known, unknown, of no\n#   more use.\n"
    assert _lines(tmp_path, "file.py", source, Word("known", "cached"), Word("no more", "no longer")) == [
        "1 comments: no more"
    ]


def test_documents_are_checked_without_their_code(tmp_path: Path) -> None:
    source = "# Told\n\nA `told` word.\n\n```\ntold\n```\n\n- An item\n  is told.\n"
    assert _lines(tmp_path, "page.md", source, Word("told", "shown")) == ["1 docs: Told", "10 docs: told"]


def test_pages_are_checked_without_their_markup(tmp_path: Path) -> None:
    source = '<p class="told">\n{% set told = 1 %}{{ told }}\n<style>.told {}</style>\n<b>You told</b> us\n'
    assert _lines(tmp_path, "page.html", source, Word("told", "shown")) == ["4 pages: told"]


def test_a_long_or_forbidden_test_name_is_reported(tmp_path: Path) -> None:
    long = "test_" + "_".join(["word"] * 11)
    source = f"def test_it_is_told() -> None: ...\ndef {long}() -> None: ...\ndef {long[:-5]}() -> None: ...\n"
    assert _lines(tmp_path, "tests/test_it.py", source, Word("told", "shown")) == [
        "1 tests: told",
        f"2 tests: {long.replace('_', ' ')}",
    ]


def test_data_of_tests_is_no_message(tmp_path: Path) -> None:
    assert _lines(tmp_path, "tests/test_it.py", 'MAIL = "I told you so"\n', Word("told", "shown")) == []


def test_a_class_name_that_two_classes_share_is_reported(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("class Send: ...\nclass Email: ...\n")
    (tmp_path / "two.py").write_text("class Send: ...\n")
    assert [(Path(finding.path).name, finding.text) for finding in check_class_names([tmp_path])] == [
        ("one.py", "class Send"),
        ("two.py", "class Send"),
    ]


def test_a_suppressed_check_has_its_reason(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(
        "A = 1  # noqa: S105\nB = 2  # noqa: S105 - no secret\nC = 3  # type: ignore[attr-defined]\n"
        "D = 4  # type: ignore[attr-defined]  # of its new class\nE = '# noqa'\n"
    )
    assert [finding.line for finding in check_suppressions([tmp_path])] == [1, 3]


def test_sentences_are_counted_without_tables_headings_and_code() -> None:
    assert mean_sentence_words("# A heading of five words\n\nTwo words. One two three `f(x, y)`.\n") == 3
    assert mean_sentence_words("| a | b c d e f g |\n\n- An item.\n- Two of `it` here.\n\n```\nx y z\n```\n") == 3


@pytest.mark.parametrize(("words", "count"), [(17, 0), (18, 1)])
def test_documents_of_long_sentences_are_reported(tmp_path: Path, words: int, count: int) -> None:
    (tmp_path / "page.md").write_text("word " * (words - 1) + "word.\n")
    assert len(check_sentences([tmp_path])) == count


def test_folders_of_other_people_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "README.md").write_text("told")
    assert files([tmp_path]) == []


def _ours(text: str, tmp_path: Path) -> list[str]:
    (tmp_path / "file.py").write_text(f'"""{text}"""\n')
    return [finding.text for finding in check_words(Rules.read(RULES), [tmp_path])]


@pytest.mark.parametrize(
    "text",
    [
        "What was asked is told.",
        "Of an email that was just read.",
        "Returns the key. None where it was deleted.",
        "The token of whoever sent it.",
        "It stands beside the other.",
        "There are no more of them.",
        "Lists every field save those that are empty.",
    ],
)
def test_the_list_finds_the_habits_that_it_was_made_for(text: str, tmp_path: Path) -> None:
    assert _ours(text, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "Returns the updated key; an already revoked key keeps its original revocation time.",
        "Returns None if the message is leased or final.",
        "Deletes everything recorded before `at` except the opt-out.",
        "Writes create the contact if missing and are idempotent.",
        "Reads the table where the emails are stored, such as drafts. Saves for later.",
    ],
)
def test_the_list_accepts_plain_sentences(text: str, tmp_path: Path) -> None:
    assert _ours(text, tmp_path) == []


def test_every_exemption_has_a_reason() -> None:
    assert all(exemption.reason for exemption in Rules.read(RULES).exemptions)
