"""Automations, broadcasts and contacts."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import to_builtins
from msgspec.structs import replace

from functions import wiring
from functions.adapters import schema
from functions.adapters.aws.marshalling import to_item
from functions.core import timestamps
from functions.core.automations.automation import Automation, AutomationVersion
from functions.core.automations.jobs import Arrived, StopRuns
from functions.core.automations.rules import Arrival
from functions.core.automations.run import Run
from functions.core.broadcasts.broadcast import Audience, Broadcast, BroadcastPage, Recipient, SourcePosition
from functions.core.broadcasts.jobs import EvaluateJob, ImportJob, PageJob, ReleaseJob
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.contacts.contact_import import ContactImport
from functions.core.contacts.lists.contact_list import ContactList, ListEvaluation, ProcessingType
from functions.core.contacts.lists.list_filters import FilterBranch
from functions.core.csv_file import CsvFormat, Place
from functions.ports.broadcasts import DueBroadcast
from functions.ports.contacts import ErasureRequest
from functions.steps.contacts.records import ContactReference, IdProperty
from functions.steps.contacts.search import ContactQuery
from tests.bench.growth.rows import ADA, CONTACTS, DAYS, LARGE, LATER, MESSAGES, SECONDS, Calls, Growth, row
from tests.bench.growth.stage import FIRST_EMAIL, HOUR, NOW, Stage, person
from tests.support import list_filters

# Automations


def automation(stage: Stage, number: int = 1) -> None:
    one = Automation(
        id=number, name=f"Welcome {number}", created_at=HOUR, created_by="a", updated_at=HOUR, updated_by="a"
    )
    stage.get(wiring.adapters.automations.automations).save(one)


def runs(stage: Stage, n: int, *, contact: str = "", due: float | None = None) -> None:
    at = timestamps.iso(due or LATER)
    one = Run(id="r", automation=1, version=1, contact="p@people.example", entered_at=f"{HOUR}:00:00.000Z", due_at=at)
    for number in range(n):
        run = replace(one, id=f"r{number}", contact=contact or person(number))
        stage.get(wiring.adapters.automations.runs).create(run, f"1#{run.id}" if contact else "0000000001#current")


@row("automations.manage_automations.AutomationEditor.all", "automations", Growth.PER_RESULT, 100, (5, 20, 80))
def automations(stage: Stage, n: int) -> Calls:
    for number in range(n):
        automation(stage, number + 1)
    yield len(stage.step(wiring.automations.edit_automations).all())


@row("automations.manage_automations.AutomationEditor.versions", "versions of an automation", Growth.PER_RESULT, 1_000)
def versions(stage: Stage, n: int) -> Calls:
    automation(stage)
    for number in range(n):
        version = AutomationVersion(number=number + 1, text="name: Welcome\n" * 20, at=HOUR, by="a")
        stage.get(wiring.adapters.automations.automations).add_version(1, version)
    yield len(stage.step(wiring.automations.edit_automations).versions(1))


@row("automations.read_runs.RunReader.page", "runs of an automation", Growth.CONSTANT, 10_000)
def runs_page(stage: Stage, n: int) -> Calls:
    runs(stage, n)
    yield len(stage.step(wiring.automations.read_runs).page(1, 50, "").runs)


@row("automations.read_runs.RunReader.of_contact", "runs of a contact", Growth.PER_RESULT, 1_000)
def runs_of_contact(stage: Stage, n: int) -> Calls:
    runs(stage, n, contact=person(0))
    yield len(stage.step(wiring.automations.read_runs).of_contact(person(0)))


@row(
    "automations.enqueue_due_runs.EnqueueDueRuns.__call__",
    "runs that are due",
    Growth.BOUNDED,
    10_000,
    (500, 1_000, 2_000),
)
def due_runs(stage: Stage, n: int) -> Calls:
    automation(stage)
    runs(stage, n, due=NOW + 60)
    stage.get(wiring.adapters.automations.runs_watermark).set(timestamps.iso(NOW - 300))
    yield stage.step(wiring.automations.enqueue_due_runs)(stage.clock() + SECONDS).queued


@row(
    "automations.enqueue_due_runs.EnqueueDueRuns.__call__",
    "runs that are due after an outage",
    Growth.BOUNDED,
    10_000,
    (500, 1_000, 2_000),
)
def overdue_runs(stage: Stage, n: int) -> Calls:
    automation(stage)
    runs(stage, n, due=NOW - 90_000)
    yield stage.step(wiring.automations.enqueue_due_runs)(stage.clock() + SECONDS).queued


@row("automations.automate.Automate.__call__", "runs to stop", Growth.BOUNDED, 10_000, (400, 800, 1_600))
def stop_runs(stage: Stage, n: int) -> Calls:
    automation(stage)
    runs(stage, n)
    job: StopRuns | None = StopRuns(automation=1, reason="stopped")
    stage.step(wiring.automations.automate)(job)
    yield 1


@row("automations.automate.Automate.__call__", "runs of a contact", Growth.BOUNDED, 10_000, (400, 800, 1_600))
def arrivals(stage: Stage, n: int) -> Calls:
    runs(stage, n, contact=person(0))
    arrived = Arrived(contact=person(0), arrival=Arrival(id="e1", name="paid"))
    stage.step(wiring.automations.automate)(arrived)
    yield 1


# Broadcasts


def broadcast(number: int, **changed: Any) -> Broadcast:
    return Broadcast(
        id=f"b{number:06}",
        name="News",
        email_id=FIRST_EMAIL,
        audience=Audience(),
        created_at=HOUR,
        created_by="a",
        **changed,
    )


@row("broadcasts.edit_broadcasts.BroadcastEditor.all", "broadcasts", Growth.PER_RESULT, 1_000)
def broadcasts(stage: Stage, n: int) -> Calls:
    for number in range(n):
        stage.get(wiring.adapters.broadcasts.broadcast_store).create(broadcast(number))
    yield len(stage.step(wiring.broadcasts.edit_broadcasts).all())


@row("broadcasts.release.EnqueueDueBroadcasts.__call__", "broadcasts that are due", Growth.PER_RESULT, 1_000)
def due_broadcasts(stage: Stage, n: int) -> Calls:
    for number in range(n):
        stage.get(wiring.adapters.broadcasts.broadcast_store).add_due(
            DueBroadcast(f"{HOUR}:00:00.000Z", f"b{number:06}")
        )
    yield stage.step(wiring.broadcasts.enqueue_due_broadcasts)()


def pages(stage: Stage, n: int, **changed: Any) -> None:
    """A broadcast of `n` pages."""
    stage.get(wiring.adapters.broadcasts.broadcast_store).create(
        broadcast(1, pages=n, prepared=True, state=BroadcastState.SENDING, started_at=HOUR, **changed)
    )
    for number in range(n):
        at = f"{HOUR}:00:00.000Z"
        page = BroadcastPage(number=number + 1, recipients=1000, due_at=at)
        stage.get(wiring.adapters.broadcasts.broadcast_pages).put("b000001", page)
        stage.get(wiring.adapters.broadcasts.broadcast_files).write_page(
            "b000001", number + 1, [Recipient(person(number))]
        )


@row("broadcasts.release.ReleaseBroadcast.__call__", "pages of a broadcast", Growth.PER_RESULT, 1_000, (20, 80, 240))
def release(stage: Stage, n: int) -> Calls:
    pages(stage, n)
    stage.step(wiring.broadcasts.release_broadcast)(ReleaseJob("b000001", f"{HOUR}:00:00.000Z"))
    yield stage.queues.depth(stage.container.settings.broadcast_queue_url)


@row("broadcasts.report.ReportBroadcast.__call__", "pages of a broadcast", Growth.CONSTANT, 1_000, (20, 80, 240))
def report(stage: Stage, n: int) -> Calls:
    pages(stage, n)
    one = stage.get(wiring.adapters.broadcasts.broadcast_store).get("b000001")
    yield len(stage.step(wiring.broadcasts.report_broadcast)(one, 1))


@row("broadcasts.redrive.RedriveBroadcasts.__call__", "dead letters of broadcasts", Growth.PER_RESULT, 1_000)
def redrive_broadcasts(stage: Stage, n: int) -> Calls:
    for number in range(n):
        job = PageJob(broadcast_id="b000001", number=number + 1)
        stage.queues.put(stage.container.settings.broadcast_dead_letter_queue_url, msgspec.json.encode(job).decode())
    yield stage.step(wiring.broadcasts.redrive_broadcasts)(ADA)


@row(
    "broadcasts.read_audience.ReadAudience.__call__",
    "contacts in its list",
    Growth.BOUNDED,
    CONTACTS,
    (2_000, 4_000, 8_000),
)
def audience(stage: Stage, n: int) -> Calls:
    a_list(stage)
    stage.members(1, n)
    position: SourcePosition | None = SourcePosition()
    while position:
        page = stage.step(wiring.broadcasts.read_audience)(Audience(lists=(1,)), position)
        position = page.after
        yield len(page.recipients)


@row(
    "broadcasts.list_messages.ListBroadcastMessages.__call__",
    "broadcasts",
    Growth.WHOLE,
    1_000,
    why="their heads are read",
)
def broadcast_messages(stage: Stage, n: int) -> Calls:
    for number in range(n):
        stage.get(wiring.adapters.broadcasts.broadcast_store).create(broadcast(number))
    listed = stage.step(wiring.events.list_broadcast_messages)([FIRST_EMAIL], f"{HOUR}:00:00.000Z", timestamps.iso(NOW))
    yield len(list(listed)) + 1


@row("broadcasts.read_audience.ReadAudience.columns", "lines of a file", Growth.CONSTANT, 100_000)
def columns(stage: Stage, n: int) -> Calls:
    lines = "email,firstname\n" + "".join(f"{person(number)},Ada\n" for number in range(n))
    stage.get(wiring.adapters.contacts.import_files).write_upload("u1", lines.encode())
    yield len(stage.step(wiring.broadcasts.read_audience).columns("u1").names)


# Contacts


LIST = ContactList(id=1, name="People", created_at=HOUR, updated_at=HOUR, created_by="a", updated_by="a")


def a_list(stage: Stage, number: int = 1) -> None:
    one = replace(LIST, id=number, name=f"List {number}")
    stage.tables.put_all(
        "audience", iter([to_item({"list": schema.LISTS, "part": schema.list_part(number), **to_builtins(one)})])
    )


@row("contacts.records.ContactRecords.page", "contacts", Growth.BOUNDED, CONTACTS)
def contacts_page(stage: Stage, n: int) -> Calls:
    stage.contacts(n)
    after: str | None = ""
    while after is not None:
        page = stage.step(wiring.contacts.contact_records).page(after, 50)
        after = page.after
        yield len(page.contacts)


@row("contacts.search.SearchContacts.__call__", "contacts", Growth.BOUNDED, CONTACTS, (21_000, 24_000, 30_000))
def search_contacts(stage: Stage, n: int) -> Calls:
    stage.contacts(n)
    after: str | None = ""
    while after is not None:
        matches = stage.step(wiring.contacts.search_contacts)(ContactQuery(text="nobody", after=after))
        after = matches.after
        yield len(matches.contacts)


@row("contacts.export_contacts.ExportContacts.__call__", "contacts", Growth.PER_RESULT, CONTACTS)
def export_contacts(stage: Stage, n: int) -> Calls:
    stage.contacts(n)
    for rows in stage.step(wiring.contacts.export_contacts)(ADA):
        yield len(rows)


def evaluated(stage: Stage, part: int) -> Calls:
    """One of an evaluation's parts, of which each call has SECONDS."""
    branch = msgspec.convert(list_filters.branch([list_filters.city("Rome")]), FilterBranch)
    one = replace(LIST, processing_type=ProcessingType.DYNAMIC, filter_branch=branch)
    stage.get(wiring.adapters.contacts.contact_lists).create(one)
    stage.get(wiring.adapters.contacts.contact_lists).begin_evaluation(1, ListEvaluation(number=1, began_at=HOUR))
    queue = stage.container.settings.broadcast_queue_url
    job = EvaluateJob(1, 1, part)
    while True:
        stage.step(wiring.contacts.evaluate_lists)(job, stage.clock() + SECONDS)
        yield 1
        if not stage.queues.depth(queue):
            return
        job = msgspec.json.decode(stage.queues.visible[queue].popitem()[1]["Body"], type=EvaluateJob)


@row("contacts.evaluate_lists.EvaluateLists.__call__", "members of a list", Growth.BOUNDED, CONTACTS, LARGE)
def evaluate(stage: Stage, n: int) -> Calls:
    stage.members(1, n)
    yield from evaluated(stage, 4)


@row("contacts.evaluate_lists.EvaluateLists.__call__", "contacts", Growth.BOUNDED, CONTACTS, (4_000, 8_000, 16_000))
def evaluate_contacts(stage: Stage, n: int) -> Calls:
    stage.contacts(n)
    yield from evaluated(stage, 0)


@row("contacts.lists.ListEditor.page", "members of a list", Growth.BOUNDED, CONTACTS)
def members_page(stage: Stage, n: int) -> Calls:
    a_list(stage)
    stage.members(1, n)
    after = ""
    while True:
        members, after = stage.step(wiring.contacts.list_editor).page(1, after, 100)
        yield len(members)
        if not after:
            return


@row("contacts.lists.ListEditor.create", "lists", Growth.LIMITED, 999, (20, 80, 320), "LISTS_MAX")
def create_list(stage: Stage, n: int) -> Calls:
    for number in range(n):
        a_list(stage, number + 1)
    yield bool(stage.step(wiring.contacts.list_editor).create("Another", ADA))


@row("contacts.lists.ListEditor.all", "lists", Growth.PER_RESULT, 999)
def lists(stage: Stage, n: int) -> Calls:
    for number in range(n):
        a_list(stage, number + 1)
    yield len(stage.step(wiring.contacts.list_editor).all())


@row("contacts.lists.ListEditor.of_contact", "lists of a contact", Growth.PER_RESULT, 999)
def lists_of_contact(stage: Stage, n: int) -> Calls:
    stage.contacts(1)
    for number in range(n):
        a_list(stage, number + 1)
        stage.get(wiring.adapters.contacts.list_members).add(number + 1, [person(0)], HOUR)
    yield len(stage.step(wiring.contacts.list_editor).of_contact(ContactReference(person(0), IdProperty.EMAIL)))


@row(
    "contacts.import_contacts.ImportContacts.__call__",
    "lines of a file",
    Growth.BOUNDED,
    100_000,
    (1_100, 1_500, 2_000),
)
def import_contacts(stage: Stage, n: int) -> Calls:
    lines = "email,firstname\n" + "".join(f"{person(number)},Ada\n" for number in range(n))
    step = stage.get(wiring.contacts.manage_imports)
    from functions.steps.contacts.manage_imports import ImportRequest

    one = step.create(ImportRequest(name="People", file=step.upload(lines.encode())), ADA)
    read = 0
    while read < n:
        stage.step(wiring.contacts.import_contacts)(ImportJob(one.id), stage.clock() + SECONDS)
        read = stage.get(wiring.adapters.contacts.contact_imports).get(one.id).lines
        yield 1


@row("contacts.manage_imports.ManageImports.page", "imports", Growth.PER_RESULT, 1_000)
def list_imports(stage: Stage, n: int) -> Calls:
    """It reads each import to show a page of them."""
    one = ContactImport(
        id="i",
        name="People",
        file="f",
        columns=("email",),
        format=CsvFormat("utf-8"),
        place=Place(0),
        created_at=HOUR,
        created_by="a",
    )
    for number in range(n):
        stage.get(wiring.adapters.contacts.contact_imports).create(replace(one, id=f"i{number:06}"))
    stage.step(wiring.contacts.manage_imports).page("", n)
    yield n


@row("contacts.erase.EraseContact.__call__", "messages of the person", Growth.BOUNDED, MESSAGES, (80, 120, 240))
def erase_messages(stage: Stage, n: int) -> Calls:
    stage.messages(n, address=person(0))
    stage.get(wiring.contacts.erase_contact).request(person(0), ADA)
    yield from erased(stage)


@row("contacts.erase.EraseContact.__call__", "days of the archive", Growth.BOUNDED, DAYS, (20, 40, 80))
def erase_archive(stage: Stage, n: int) -> Calls:
    stage.archive(n)
    stage.get(wiring.adapters.contacts.erasure_requests).add(
        ErasureRequest(address=person(0), asked_at=HOUR, by="a", ready=True)
    )
    yield from erased(stage)


@row(
    "contacts.erase.EraseContact.__call__", "requests", Growth.WHOLE, 10_000, (20, 40, 80), "a scan serves all of them"
)
def erase_requests(stage: Stage, n: int) -> Calls:
    for number in range(n):
        stage.get(wiring.adapters.contacts.erasure_requests).add(
            ErasureRequest(address=person(number), asked_at=HOUR, by="a")
        )
    yield from erased(stage)


@row(
    "contacts.erase.EraseContact.__call__",
    "broadcasts",
    Growth.WHOLE,
    1_000,
    (20, 40, 80),
    "the request or the check of each may have the address, and an erasure is rare",
)
def erase_broadcasts(stage: Stage, n: int) -> Calls:
    for number in range(n):
        stage.get(wiring.adapters.broadcasts.broadcast_store).create(broadcast(number))
    stage.contacts(1)
    stage.get(wiring.contacts.erase_contact).request(person(0), ADA)
    yield from erased(stage)


def erased(stage: Stage) -> Calls:
    """The sweeps of an erasure, of which each has SECONDS."""
    while stage.get(wiring.adapters.contacts.erasure_requests).all():
        yield len(stage.step(wiring.contacts.erase_contact)(stage.clock() + SECONDS)) or 1


@row("contacts.erase.EraseContact.request", "messages of the person", Growth.BOUNDED, MESSAGES, LARGE)
def request_erasure(stage: Stage, n: int) -> Calls:
    stage.messages(n, address=person(0))
    stage.step(wiring.contacts.erase_contact).request(person(0), ADA)
    yield 1


@row("contacts.records.ContactRecords.merge", "lists of a contact", Growth.PER_RESULT, 999, (20, 80, 320))
def merge(stage: Stage, n: int) -> Calls:
    stage.contacts(2)
    for number in range(n):
        a_list(stage, number + 1)
        stage.get(wiring.adapters.contacts.list_members).add(number + 1, [person(1)], HOUR)
    first, second = (ContactReference(person(number), IdProperty.EMAIL) for number in range(2))
    stage.step(wiring.contacts.contact_records).merge(first, second, ADA)
    yield n


@row("contacts.lists.ListEditor.delete", "broadcasts", Growth.WHOLE, 1_000, why="their heads are read")
def delete_list(stage: Stage, n: int) -> Calls:
    a_list(stage)
    for number in range(n):
        stage.get(wiring.adapters.broadcasts.broadcast_store).create(broadcast(number))
    stage.step(wiring.contacts.list_editor).delete(1, ADA)
    yield 1


@row("contacts.lists.ListEditor.clear", "members of a list", Growth.WHOLE, 4_000, why="it removes all in one call")
def clear(stage: Stage, n: int) -> Calls:
    a_list(stage)
    stage.members(1, n)
    stage.step(wiring.contacts.list_editor).clear(1, ADA)
    yield 1


@row("contacts.lists.ListEditor.add_from", "members of a list", Growth.WHOLE, 4_000, why="it adds all in one call")
def add_from(stage: Stage, n: int) -> Calls:
    a_list(stage)
    a_list(stage, 2)
    stage.members(1, n)
    stage.step(wiring.contacts.list_editor).add_from(2, 1, ADA)
    yield 1
