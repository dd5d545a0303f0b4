"""The export of contacts in a browser."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.core.access.roles import Role
from functions.pages.contacts import export
from functions.wiring import Container
from tests.support.console import audience_examples
from tests.support.console.audience_examples import IN_ROME, MEMBER
from tests.support.console.people import signed_in
from tests.support.examples import NOON_TEXT

EXPORT = "/console/contacts/export"


@pytest.fixture
def stored(aws: Container) -> Container:
    audience_examples.prepare(aws)
    contacts = aws.get(wiring.adapters.contacts.contacts)
    contacts.upsert("ada@example.net", {"firstname": "=Ada", "city": "Rome"}, NOON_TEXT)
    contacts.upsert("bob@example.net", {"city": "Paris"}, NOON_TEXT)
    return aws


def addresses(text: str) -> list[str]:
    """Returns the addresses of a file, whose first column they are."""
    return sorted(line.partition(",")[0] for line in text.removeprefix("\ufeff").splitlines()[1:])


def test_everyone_is_exported_and_the_audit_log_has_it(stored: Container) -> None:
    file = signed_in(Role.EDITOR).submit(EXPORT)
    assert file.headers["content-type"].startswith("text/csv")
    assert 'filename="contacts.csv"' in file.headers["content-disposition"]
    assert addresses(file.html) == ["ada@example.net", "bob@example.net", MEMBER]
    assert "'=Ada" in file.html
    entry = stored.get(wiring.adapters.access.audit_entries).latest(1)[0]
    assert (entry.action, entry.by, entry.subject) == ("contacts.exported", "editor@example.com", "contacts")
    assert entry.detail == {"contacts": 3}


def test_a_list_is_exported(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    assert '<option value="1" selected>' in browser.get(f"{EXPORT}?list=1").html
    file = browser.submit(EXPORT, list="1")
    assert addresses(file.html) == [MEMBER]
    assert stored.get(wiring.adapters.access.audit_entries).latest(1)[0].subject == "list 1"


def test_conditions_choose_who_is_exported(stored: Container) -> None:
    assert addresses(signed_in(Role.EDITOR).submit(EXPORT, **IN_ROME).html) == ["ada@example.net"]


def test_a_wrong_condition_exports_nothing(stored: Container) -> None:
    refused = signed_in(Role.EDITOR).submit(EXPORT, **{**IN_ROME, "property-0-0": "nothing"})
    assert (refused.status, "no contact property" in refused.text) == (400, True)
    assert 'value="Rome"' in refused.html
    actions = {entry.action for entry in stored.get(wiring.adapters.access.audit_entries).latest(10)}
    assert "contacts.exported" not in actions


def test_an_unknown_list_is_not_exported(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    assert browser.submit(EXPORT, list="99").status == 404
    assert browser.submit(EXPORT, list="all").status == 400


def test_a_file_that_would_be_cut_is_refused(stored: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "OCTETS_MAX", 100)
    refused = signed_in(Role.EDITOR).submit(EXPORT)
    assert (refused.status, "staffetta contacts export" in refused.text) == (400, True)
