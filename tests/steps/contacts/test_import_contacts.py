"""Imports: each line becomes a contact or an error, and a repeat changes nothing."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import methodcaller
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core.access.actor import Actor, unrestricted
from functions.core.contacts.contact import Contact
from functions.core.contacts.contact_import import ContactImport, ImportState, LineError
from functions.core.csv_table import rows_to_csv
from functions.core.errors import Forbidden, Rejected
from functions.steps.access.audit import AuditLog
from functions.steps.contacts.import_contacts import ImportContacts
from functions.steps.contacts.manage_imports import ImportRequest, ManageImports
from functions.steps.contacts.properties import ContactProperties
from tests.fakes import Clock, Killed, Life
from tests.fakes.access import MemoryAudit
from tests.fakes.contacts import (
    MemoryContactLists,
    MemoryContacts,
    MemoryPropertyDefinitions,
    MemorySubscriptionTypes,
)
from tests.fakes.imports import MemoryContactImports, MemoryImportFiles, MemoryImportQueue
from tests.support.examples import NOON_TEXT, a_contact_list, a_subscription_type
from tests.support.list_editor import list_editor

ADA = unrestricted("ada@example.com")
LATER = "2026-11-23T13:00:00.000Z"


@dataclass
class Scenario:
    clock: Clock = field(default_factory=Clock)
    contacts: MemoryContacts = field(default_factory=MemoryContacts)
    lists: MemoryContactLists = field(default_factory=MemoryContactLists)
    imports: MemoryContactImports = field(default_factory=MemoryContactImports)
    files: MemoryImportFiles = field(default_factory=MemoryImportFiles)
    queue: MemoryImportQueue = field(default_factory=MemoryImportQueue)
    audit: MemoryAudit = field(default_factory=MemoryAudit)

    @property
    def manage(self) -> ManageImports:
        ids = iter(range(len(self.files.uploads) + 1, 1000))
        entries = map(str, itertools.count())
        return ManageImports(
            imports=self.imports,
            files=self.files,
            queue=self.queue,
            lists=self.lists,
            list_editor=list_editor(self.lists, self.contacts, self.clock),
            audit_log=AuditLog(self.audit, self.clock, lambda: next(entries)),
            types=MemorySubscriptionTypes({"news": a_subscription_type()}),
            properties=self.properties,
            clock=self.clock,
            new_id=lambda: str(next(ids)),
        )

    @property
    def properties(self) -> ContactProperties:
        return ContactProperties(definitions=MemoryPropertyDefinitions(), lists=self.lists, clock=self.clock)

    def step(self, contacts: Any = None) -> ImportContacts:
        return ImportContacts(
            imports=self.imports,
            files=self.files,
            queue=self.queue,
            contacts=contacts or self.contacts,
            members=self.lists,
            properties=self.properties,
            clock=self.clock,
        )

    def create(self, octets: bytes, **chosen: Any) -> ContactImport:
        file = self.manage.upload(octets)
        return self.manage.create(ImportRequest(**{"name": "People", "file": file, **chosen}), ADA)

    def run(self, seconds: float = 50) -> None:
        while self.queue.waiting:
            self.step()(self.queue.waiting.pop(0), self.clock() + seconds)

    def imported(self, octets: bytes, **chosen: Any) -> ContactImport:
        one = self.create(octets, **chosen)
        self.run()
        return self.imports.stored[one.id]


def rows(number: int) -> bytes:
    return "\n".join(["email,city", *(f"p{at}@example.net,Rome" for at in range(number))]).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_line_becomes_a_contact(encoding: str) -> None:
    scenario = Scenario()
    done = scenario.imported('Email;First name\r\nAda@Example.net;"Zoë\r\nMaria"\r\n'.encode(encoding))
    assert (done.state, done.lines, done.created, done.errors) == (ImportState.DONE, 1, 1, 0)
    assert scenario.contacts.stored["ada@example.net"].values == {"firstname": "Zoë\r\nMaria"}


@pytest.mark.parametrize("new_list", ["", "Clients"])
def test_a_repeated_request_is_one_import(new_list: str) -> None:
    """A double click, or a caller who got no answer: the first request may have stored the import only."""
    scenario = Scenario()
    request = ImportRequest(name="People", file=scenario.manage.upload(rows(3)), new_list=new_list)
    first = scenario.manage.create(request, ADA)
    scenario.queue.waiting.clear()
    assert scenario.manage.create(request, ADA) == first
    scenario.run()
    done = scenario.manage.create(request, ADA)
    assert (done.id, done.state, done.created, scenario.queue.waiting) == (first.id, ImportState.DONE, 3, [])
    assert (len(scenario.imports.stored), len(scenario.lists.stored)) == (1, int(bool(new_list)))
    other = scenario.manage.create(replace(request, name="People again", new_list=""), ADA)
    assert other.id != first.id


def test_a_canceled_import_is_requested_again() -> None:
    scenario = Scenario()
    request = ImportRequest(name="People", file=scenario.manage.upload(rows(3)))
    canceled = [scenario.manage.cancel(scenario.manage.create(request, ADA).id, ADA) for _ in range(2)]
    assert scenario.manage.create(request, ADA).state is ImportState.STARTED
    assert len({one.id for one in canceled} | scenario.imports.stored.keys()) == 3


def test_a_repeat_changes_nothing() -> None:
    scenario = Scenario()
    scenario.imported(rows(30))
    before = dict(scenario.contacts.stored)
    again = scenario.imported(rows(30))
    assert (again.created, again.updated) == (0, 30)
    assert scenario.contacts.stored == before


def test_many_pages_lose_no_line() -> None:
    done = (scenario := Scenario()).imported(rows(2500))
    assert (done.lines, done.created) == (2500, 2500)
    assert len(scenario.contacts.stored) == 2500


def test_a_bad_line_is_reported_and_the_next_is_imported() -> None:
    scenario = Scenario()
    done = scenario.imported(b"email,city\nnobody,Rome\na@example.net,Rome\n,\nb@example.net,x,y\n")
    assert (done.lines, done.created, done.errors) == (3, 1, 2)
    assert [(error.line, error.code) for error in scenario.manage.errors(done.id, 1)] == [
        (2, "INVALID_EMAIL"),
        (5, "TOO_MANY_VALUES"),
    ]


@pytest.mark.parametrize("calls", range(0, 12, 2))
def test_a_worker_that_dies_loses_no_line(calls: int) -> None:
    scenario = Scenario()
    one = scenario.create(rows(8))
    job = scenario.queue.waiting.pop()
    with pytest.raises(Killed):
        scenario.step(Life(calls % 8).guard(scenario.contacts))(job, scenario.clock() + 50)
    scenario.queue.enqueue(job)
    scenario.run()
    assert len(scenario.contacts.stored) == 8
    assert scenario.imports.stored[one.id].lines == 8


def test_contacts_join_a_list() -> None:
    scenario = Scenario()
    list_id = scenario.lists.create(a_contact_list("People")).id
    scenario.imported(rows(3), list_id=list_id)
    assert scenario.lists.stored[list_id].size == 3


def test_a_person_who_was_erased_since_the_start_joins_nothing() -> None:
    scenario = Scenario()
    list_id = scenario.lists.create(a_contact_list("People")).id
    one = scenario.create(rows(2), list_id=list_id, opt_out="news")
    scenario.contacts.erase("p1@example.net", LATER)
    scenario.run()
    done = scenario.imports.stored[one.id]
    assert (done.created, done.errors, scenario.lists.stored[list_id].size) == (1, 1, 1)
    assert scenario.contacts.stored.keys() == {"p0@example.net"}
    assert [(error.line, error.code) for error in scenario.manage.errors(one.id, 1)] == [(3, "ERASED")]


def test_contacts_join_a_new_list() -> None:
    scenario = Scenario()
    done = scenario.imported(rows(3), new_list="Guests")
    assert done.list_id
    created = scenario.lists.stored[done.list_id]
    assert (created.name, created.size, created.created_by) == ("Guests", 3, ADA.name)


def test_a_refused_import_creates_no_list() -> None:
    scenario = Scenario()
    with pytest.raises(Rejected):
        scenario.create(b"city\nRome\n", new_list="Guests")
    assert scenario.lists.stored == {}


def test_an_opt_out_import_unsubscribes_each_contact() -> None:
    scenario = Scenario()
    scenario.imported(rows(2), opt_out="news")
    assert all(contact.unsubscribed("news") for contact in scenario.contacts.stored.values())


def test_a_canceled_import_stops() -> None:
    scenario = Scenario()
    one = scenario.create(rows(5))
    scenario.manage.cancel(one.id, ADA)
    scenario.run()
    assert (scenario.imports.stored[one.id].state, scenario.contacts.stored) == (ImportState.CANCELED, {})


@pytest.mark.parametrize(
    ("octets", "chosen", "reason"),
    [
        (b"PK\x03\x04", {}, "xlsx"),
        (b"", {}, "is empty"),
        (b"email,frstname\n", {}, "firstname"),
        (b"email,First name,firstname\na@x.example,Ada,\n", {}, "2 columns are the property firstname"),
        (rows(1), {"list_id": 9}, "no list 9"),
        (rows(1), {"list_id": 9, "new_list": "Guests"}, "is named, and a list is chosen"),
        (rows(1), {"opt_out": "gone"}, "no subscription type"),
        (rows(1), {"file": "other"}, "not uploaded"),
    ],
)
def test_a_wrong_import_is_refused_at_once(octets: bytes, chosen: dict[str, Any], reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        Scenario().create(octets, **chosen)


def test_a_new_list_needs_a_free_name() -> None:
    scenario = Scenario()
    scenario.lists.create(a_contact_list("Guests"))
    with pytest.raises(Rejected, match="has the name 'Guests' already") as refused:
        scenario.create(rows(1), new_list="guests")
    assert [error.field for error in refused.value.errors] == ["newList"]
    assert scenario.imports.stored == {}


def test_an_import_needs_the_scope_of_contacts() -> None:
    scenario = Scenario()
    scenario.files.uploads["f"] = rows(1)
    with pytest.raises(Forbidden):
        scenario.manage.create(ImportRequest(name="n", file="f"), Actor("ada", ("content",)))


class _GeneratedFile(MemoryImportFiles):
    """A file of lines of one length, which is nowhere in memory as a whole. Each hundredth line is bad."""

    header = b"email,city\n"

    def __init__(self, lines: int) -> None:
        super().__init__()
        self.lines = lines

    def read_upload(self, upload_id: str, offset: int) -> Iterator[bytes]:
        if offset < len(self.header):
            yield self.header[offset:]
        line = max(0, offset - len(self.header)) // len(self._line(0))
        for first in range(line, self.lines, 100):
            yield b"".join(map(self._line, range(first, min(first + 100, self.lines))))

    def write_errors(self, import_id: str, number: int, errors: Sequence[LineError]) -> None:
        """A file in S3."""

    def _line(self, number: int) -> bytes:
        at = "at" if number % 100 == 99 else "@e"
        return f"p{number:08}{at}xample.net,Rome\n".encode()


class _Table(MemoryContacts):
    """Contacts that are stored elsewhere."""

    def edit(self, email: str, at: str, change: Callable[[Contact], Contact]) -> Contact:
        return replace(change(Contact(email=email.lower(), created_at=at)), version=1)


def test_memory_does_not_grow_with_the_file() -> None:
    peaks = []
    for lines in (2_000, 20_000):
        scenario = Scenario(files=_GeneratedFile(lines), contacts=_Table())
        tracemalloc.start()
        one = scenario.manage.create(ImportRequest(name="People", file="f"), ADA)
        scenario.run()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        done = scenario.imports.stored[one.id]
        assert (done.state, done.lines, done.errors) == (ImportState.DONE, lines, lines // 100)
    assert peaks[1] <= peaks[0] * 1.2


def test_an_exported_value_is_imported_as_it_was() -> None:
    """An export guards what a spreadsheet would take for a formula."""
    scenario = Scenario()
    text = rows_to_csv([("email", "phone", "city"), ("+ada@example.net", "+39 02 1234", "'-x")])
    done = scenario.imported(text.encode())
    assert done.errors == 0
    assert scenario.contacts.stored["+ada@example.net"].values == {"phone": "+39 02 1234", "city": "'-x"}


def test_lines_of_one_person_fill_each_other() -> None:
    """A page is not the end of a file: two lines of one person count alike, whatever page they are in."""
    scenario = Scenario()
    done = scenario.imported(
        b"email,city,firstname\na@x.example,Rome,\nb@x.example,,\nA@x.example,,Ada\na@x.example,Oslo,"
    )
    assert scenario.contacts.stored["a@x.example"].values == {"city": "Oslo", "firstname": "Ada"}
    assert (done.lines, done.created, done.updated, done.errors) == (4, 2, 2, 0)


def test_each_line_without_room_is_reported_and_counted_once() -> None:
    scenario = Scenario()
    full = {f"p{number}": "x" * 1000 for number in range(60)}
    scenario.contacts.edit("a@x.example", NOON_TEXT, lambda one: one.with_values(full, NOON_TEXT))
    assert not scenario.contacts.stored["a@x.example"].is_too_large
    long = "y" * 9000
    done = scenario.imported(
        f"email,city\na@x.example,{long}\nb@x.example,Rome\na@x.example,{long}".encode(), opt_out="news"
    )
    assert [(error.line, error.code) for error in scenario.manage.errors(done.id, 1)] == [
        (2, "TOO_LARGE"),
        (4, "TOO_LARGE"),
    ]
    assert (done.lines, done.created, done.updated, done.errors) == (3, 1, 0, 2)
    assert scenario.contacts.stored["a@x.example"].unsubscribed("news"), "an opt-out needs no room"


@pytest.mark.parametrize("opt_out", ["", "news"])
def test_a_merged_contacts_line_is_of_the_present_one(opt_out: str) -> None:
    scenario = Scenario()
    list_id = scenario.lists.create(a_contact_list("People")).id
    scenario.contacts.edit("old@x.example", NOON_TEXT, methodcaller("merged_with", "new@x.example", NOON_TEXT))
    scenario.contacts.edit("new@x.example", NOON_TEXT, lambda one: one)
    done = scenario.imported(b"email,city\nold@x.example,Rome", opt_out=opt_out, list_id=list_id)
    assert scenario.contacts.stored["new@x.example"].values == {"city": "Rome"}
    assert scenario.contacts.stored["old@x.example"].archived_at
    assert (done.created, done.updated) == (0, 1)
    assert [one.email for one in scenario.lists.page(list_id, "", 10)[0]] == ["new@x.example"]
    assert [one.unsubscribed("news") for one in scenario.contacts.stored.values()] == [bool(opt_out)] * 2
