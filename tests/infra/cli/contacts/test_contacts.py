"""Contacts by command: created, found, changed, moved to another address, and archived."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from functions import wiring
from functions.core.contacts.contact import Decision, SubscriptionStatus
from functions.wiring import Container
from tests.support.cli.staffetta_command import failing, staffetta
from tests.support.examples import NOON_TEXT


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


def test_contacts_are_exported_as_csv(stage: Container, tmp_path: Path) -> None:
    for name, city in (("ex1", "Pisa"), ("ex2", "Pisa"), ("ex3", "Lucca")):
        staffetta("contacts", "create", f"{name}@export.example.net", f"city={city}", "firstname==1+1")
    left = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="x")
    stage.get(wiring.adapters.contacts.contacts).set_subscription("ex1@export.example.net", "news", left)
    ids = [one["id"] for one in _json("contacts", "search", "ex1")["results"]]
    list_id = _json("lists", "create", "Export")["listId"]
    staffetta("lists", "add", list_id, *ids)
    file = tmp_path / "people.csv"

    def exported(*words: str) -> list[str]:
        staffetta("contacts", "export", str(file), *words)
        return file.read_text("utf-8").splitlines()

    columns = ("--property", "email", "--property", "firstname")
    (header, *rows) = exported("--where", "city=Pisa", *columns)
    assert header == "email,firstname,unsubscribed"
    assert sorted(rows) == ["ex1@export.example.net,'=1+1,news", "ex2@export.example.net,'=1+1,"]
    assert exported("--list", list_id, *columns)[1:] == ["ex1@export.example.net,'=1+1,news"]
    assert exported()[0].startswith("email,")
    assert "there is no list 99" in failing("contacts", "export", str(file), "--list", "99")
    assert "did you mean city?" in failing("contacts", "export", str(file), "--property", "citty")


def test_contacts_are_found_by_words_and_conditions(stage: Container) -> None:
    for name, city in (("one", "Turin"), ("two", "Turin"), ("three", "Genoa")):
        staffetta("contacts", "create", f"{name}@search.example.net", f"city={city}", f"firstname={name}")
    assert sorted(emails_of("--where", "city=turin")) == ["one@search.example.net", "two@search.example.net"]
    assert emails_of("--where", "city=Turin", "--where", "firstname!=one") == ["two@search.example.net"]
    assert emails_of("three", "--where", "phone!") == ["three@search.example.net"]
    assert len(emails_of("--where", "city=Turin", "--limit", "1")) == 1
    assert "Genoa" in staffetta("contacts", "search", "three@search", "--property", "city")
    assert "looks into a list" in failing("contacts", "search", "--where", "in list 3")
