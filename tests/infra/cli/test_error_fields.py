"""An error at a field of the request goes by the option or argument that the reader typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from functions.wiring import Container
from infra.cli.errors import options_of
from tests.support.cli.leaves import LEAVES
from tests.support.cli.staffetta_command import failing, staffetta


@pytest.fixture
def people(tmp_path: Path) -> str:
    file = tmp_path / "people.csv"
    file.write_text("email,town\nada@example.net,Rome\n")
    return str(file)


@pytest.fixture
def filters(tmp_path: Path) -> str:
    file = tmp_path / "filters.json"
    file.write_text(json.dumps({"filterBranchType": "AND", "filterBranches": [], "filters": []}))
    return str(file)


def first_word(*words: str) -> str:
    return failing(*words).splitlines()[0].removeprefix("staffetta: ").partition(":")[0]


def test_the_columns_of_an_import_go_by_their_option(stage: Container, people: str) -> None:
    assert first_word("contacts", "import", people, "--map", "town=city") == "--map"
    assert first_word("contacts", "import", people, "--map", "mail=email") == "--map"
    assert first_word("contacts", "import", people, "--list", "77") == "--list"
    assert first_word("contacts", "import", people, "--opt-out", "news") == "--opt-out"


@pytest.mark.parametrize(
    ("option", "value"),
    [("--contact", "1"), ("--exclude-contact", "1"), ("--time-zone", "Roma"), ("EMAIL", "")],
)
def test_the_parts_of_a_broadcast_go_by_their_options(stage: Container, option: str, value: str) -> None:
    words = [option, value] if value else []
    assert option in failing("broadcast", "create", "77", *words)


def test_a_property_of_a_contact_goes_by_its_name(stage: Container) -> None:
    assert first_word("contacts", "create", "ada@example.net", "fistname=Ada") == "fistname"
    assert first_word("contacts", "create", "ada@example.net", "email=bob@example.net", "fistname=A") == "fistname"


def test_filters_of_a_list_go_by_their_options(stage: Container, filters: str) -> None:
    assert first_word("lists", "create", "Clients", "--filters", filters).startswith("--where or --filters")


def test_other_fields_go_by_the_word_of_the_help(stage: Container, people: str) -> None:
    assert first_word("images", "upload", people, "--alt", "Acme") == "FILE"
    assert first_word("images", "upload", people, "--alt", "x" * 10_000) == "--alt"
    assert first_word("events", "send", "Order placed", "--email", "ada@example.net") == "NAME"
    number = json.loads(staffetta("lists", "create", "Clients", "--json"))["listId"]
    assert first_word("lists", "add", number, *["1"] * 100_001) == "CONTACT"
    assert first_word("automations", "create", "--starter", "welcome", "--from", "nobody") == "--from"
    assert first_word("automations", "create", "/dev/null") == "FILE"
    assert first_word("lists", "create", "x" * 500) == "NAME"
    assert first_word("lists", "rename", "1", "x" * 500) == "NAME"
    assert first_word("starters", "publish", "receipt", "--from", "ada@elsewhere.example") == "--from"


def test_the_options_that_errors_name_exist() -> None:
    for words, command in LEAVES.items():
        written = {word for param in command.params for word in (*param.opts, param.human_readable_name)}
        named = {option for text in options_of(command).values() for option in text.split(" or ") if option}
        assert named <= written, words
