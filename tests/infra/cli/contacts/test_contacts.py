"""Contacts by command: created, found, changed, moved to another address, and archived."""

from __future__ import annotations

import json
from typing import Any

from functions.wiring import Container
from tests.support.cli.staffetta_command import failing, staffetta


def _json(*words: str) -> Any:
    return json.loads(staffetta(*words, "--json"))


def emails_of(*words: str) -> list[str]:
    return [one["properties"]["email"] for one in _json("contacts", "search", *words)["results"]]


def test_a_contact_from_its_creation_to_its_archive(stage: Container) -> None:
    record = _json("contacts", "create", "Grace@example.net", "firstname=Grace", "city=Arlington")
    assert (record["properties"]["email"], record["properties"]["firstname"]) == ("grace@example.net", "Grace")
    assert "Contact already exists" in failing("contacts", "create", "grace@example.net")
    assert "did you mean city?" in failing("contacts", "update", "grace@example.net", "citty=Rome")
    assert _json("contacts", "update", "grace@example.net", "city=")["properties"]["city"] is None
    moved = _json("contacts", "update", "grace@example.net", "email=hopper@example.net")
    assert (moved["properties"]["email"], moved["id"] == record["id"]) == ("hopper@example.net", False)
    assert "hopper@example.net" in staffetta("contacts", "search", "grace")
    assert "Archived" in staffetta("contacts", "archive", "hopper@example.net", "--yes")
    assert "There is no contact" in staffetta("contacts", "archive", "hopper@example.net", "--yes")
    assert emails_of("grace") == []


def test_contacts_are_found_by_words_and_conditions(stage: Container) -> None:
    for name, city in (("one", "Turin"), ("two", "Turin"), ("three", "Genoa")):
        staffetta("contacts", "create", f"{name}@search.example.net", f"city={city}", f"firstname={name}")
    assert sorted(emails_of("--where", "city=turin")) == ["one@search.example.net", "two@search.example.net"]
    assert emails_of("--where", "city=Turin", "--where", "firstname!=one") == ["two@search.example.net"]
    assert emails_of("three", "--where", "phone!") == ["three@search.example.net"]
    assert len(emails_of("--where", "city=Turin", "--limit", "1")) == 1
    assert "Genoa" in staffetta("contacts", "search", "three@search", "--property", "city")
    assert "is no condition" in failing("contacts", "search", "--where", "in list 3")
