"""One suite for each port of automations and its adapter."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.adapters.automations.automation_queue import open_job
from functions.core.automations.automation import Automation, AutomationStatus, AutomationVersion
from functions.core.automations.definition import Engagement, PropertyTrigger
from functions.core.automations.jobs import BusEventHappened, EventHappened, Job, MailHappened, RunDue
from functions.core.automations.run import Run, RunRecord, RunStatus, current_part, part_of
from functions.ports.automations import Automations, Runs, StepCounts
from functions.wiring import Container
from tests.fakes.automations import MemoryAutomations, MemoryRuns, MemoryStepCounts
from tests.support.aws.cloud import SETTINGS, aws_of
from tests.support.examples import NOON_TEXT

ADA, BOB = "ada@example.net", "bob@example.net"


@pytest.fixture(params=["memory", "aws"])
def automations(request: pytest.FixtureRequest) -> Automations:
    if request.param == "memory":
        return MemoryAutomations()
    stored: Automations = aws_of(request).get(wiring.adapters.automations.automations)
    for one in stored.all():
        stored.delete(one)
    return stored


@pytest.fixture(params=["memory", "aws"])
def runs(request: pytest.FixtureRequest) -> Runs:
    if request.param == "memory":
        return MemoryRuns()
    stored: Runs = aws_of(request).get(wiring.adapters.automations.runs)
    for person in (ADA, BOB):
        stored.erase(person)
    return stored


@pytest.fixture(params=["memory", "aws"])
def counts(request: pytest.FixtureRequest) -> StepCounts:
    return (
        MemoryStepCounts()
        if request.param == "memory"
        else aws_of(request).get(wiring.adapters.automations.step_counts)
    )


def an_automation(number: int = 1) -> Automation:
    return Automation(
        id=number,
        name="Welcome",
        status=AutomationStatus.ACTIVE,
        trigger=PropertyTrigger(property="city", value=7.5),
        awaited=("paid",),
        created_at=NOON_TEXT,
        created_by="a@example.com",
        updated_at=NOON_TEXT,
        updated_by="a@example.com",
    )


def a_run(contact: str = ADA, number: int = 1, due_at: str | None = None) -> Run:
    return Run(
        id=f"run-{contact}-{number}",
        automation=1,
        version=1,
        contact=contact,
        entered_at=NOON_TEXT,
        step="wait",
        due_at=due_at,
        event={"total": 7.5, "items": [{"name": "Pen"}], "none": None},
        history=(RunRecord(NOON_TEXT, "", "entered"),),
    )


def test_automations_are_stored_and_listed_in_order(automations: Automations) -> None:
    saved = [automations.save(an_automation(number)) for number in (10, 9)]
    assert automations.all() == saved[::-1]
    assert automations.get(9) == replace(an_automation(9), change=1)
    assert automations.get(8) is None


def test_a_change_of_another_version_is_a_conflict(automations: Automations) -> None:
    first = automations.save(an_automation())
    assert first
    assert automations.save(an_automation()) is None
    second = automations.save(replace(first, name="Second"))
    assert second
    assert automations.save(replace(first, name="Third")) is None
    assert not automations.delete(first)
    assert automations.get(1) == second


def test_a_deleted_automation_leaves_nothing(automations: Automations) -> None:
    saved = automations.save(an_automation())
    assert saved
    automations.save_draft(1, "name: x")
    automations.add_version(1, AutomationVersion(number=1, text="name: x", at=NOON_TEXT, by="a@example.com"))
    assert automations.delete(saved)
    assert (automations.all(), automations.draft(1), automations.versions(1)) == ([], "", [])


def test_the_id_of_a_deleted_automation_is_not_used_again(automations: Automations) -> None:
    assert [automations.next_id(3), automations.next_id(1), automations.next_id(9)] == [3, 4, 5]


def test_a_version_is_stored_once(automations: Automations) -> None:
    versions = [AutomationVersion(number=number, text=str(number), at=NOON_TEXT, by="a") for number in (9, 10, 11)]
    assert all(automations.add_version(2, version) for version in versions)
    assert not automations.add_version(2, replace(versions[0], text="other"))
    assert automations.versions(2) == versions[::-1]
    assert automations.version(2, 9) == versions[0]


def test_a_run_is_created_once_and_saved_by_its_reader(runs: Runs) -> None:
    part = current_part(1)
    assert runs.create(a_run(), part)
    assert not runs.create(a_run(), part)
    assert runs.get(ADA.upper(), part) == a_run()
    assert runs.save(replace(a_run(), step="next"), part)
    assert not runs.save(replace(a_run(), step="late"), part)
    stored = runs.get(ADA, part)
    assert stored
    assert (stored.step, stored.change) == ("next", 1)


def test_a_contact_has_its_own_runs(runs: Runs) -> None:
    for number in (1, 2):
        runs.create(a_run(number=number), part_of(number, "r"))
    runs.create(a_run(BOB), current_part(1))
    assert {run.id for run in runs.of_contact(ADA)} == {f"run-{ADA}-1", f"run-{ADA}-2"}
    assert (runs.erase(ADA), runs.of_contact(ADA), len(runs.of_contact(BOB))) == (2, [], 1)


def test_the_runs_of_a_contact_come_in_pages(runs: Runs) -> None:
    contact, listed, position = "pages@example.net", list[str](), ""
    for number in range(5):
        runs.create(a_run(contact, number=number), part_of(1, str(number)))
    for _ in range(3):
        page = runs.page_of_contact(contact.upper(), 2, position)
        listed += [run.id for run in page.runs]
        position = page.position
    assert (listed, position) == ([f"run-{contact}-{number}" for number in range(5)], "")


def test_only_waiting_runs_are_due(runs: Runs) -> None:
    times = ["2026-11-23T12:59:00.000Z", "2026-11-23T13:00:00.000Z", "2026-11-23T12:10:00.000Z"]
    for number, at in enumerate(times):
        runs.create(a_run(number=number, due_at=at), part_of(1, str(number)))
    due = {job.at for job in runs.due("2026-11-23T12", "2026-11-23T12:30:00.000Z") if job.contact == ADA}
    assert due == {times[2]}
    assert {job.at for job in runs.overdue("2026-11-23T12:59:00.000Z") if job.contact == ADA} == {times[0], times[2]}
    ended = replace(a_run(number=2), status=RunStatus.ENDED, ended_at=NOON_TEXT)
    assert runs.save(ended, part_of(1, "2"))
    assert not [job for job in runs.due("2026-11-23T12", "2026-11-23T12:30:00.000Z") if job.contact == ADA]


def test_the_runs_of_an_automation_come_in_pages(runs: Runs) -> None:
    people = [f"p{number}@example.net" for number in range(23)]
    for person in people:
        runs.create(replace(a_run(person), automation=5), current_part(5))
    listed, position = list[str](), ""
    for _ in range(30):
        page = runs.inside(5, 4, position)
        assert len(page.runs) <= 4
        listed += [run.contact for run in page.runs]
        position = page.position
        if not position:
            break
    assert sorted(listed) == sorted(people)
    for person in people:
        runs.erase(person)


def test_entries_count_by_contact_automation_and_day(runs: Runs) -> None:
    until = 4_000_000_000
    assert [runs.count_entry(ADA, 1, until), runs.count_entry(ADA.upper(), 1, until)] == [1, 2]
    assert [runs.count_entry(BOB, 1, until), runs.count_entry(ADA, 2, until), runs.count_entry(ADA, 1, until + 1)] == [
        1
    ] * 3
    assert runs.of_contact(ADA) == []


def test_counts_add_up(counts: StepCounts) -> None:
    counts.add(77, {"entered": 2, "mail": 1})
    counts.add(77, {"entered": 1, "ended": 1})
    assert counts.get(77) == {"entered": 3, "mail": 1, "ended": 1}
    assert counts.get(78) == {}


def test_jobs_go_through_the_queue(aws: Container) -> None:
    jobs = [
        EventHappened(id=str(number), name="paid", contact=ADA, at=NOON_TEXT, properties={"total": 1.5})
        for number in range(11)
    ]
    others: list[Job] = [
        MailHappened(id="m", contact=ADA, email_id=7, message="s", was=Engagement.OPENED),
        RunDue(contact=ADA, part="p", at=NOON_TEXT),
    ]
    aws.get(wiring.adapters.automations.automation_queue).put([*jobs, *others])
    client = aws.get(wiring.clients.sqs)
    received = []
    while messages := client.receive_message(QueueUrl=SETTINGS.automation_queue_url, MaxNumberOfMessages=10).get(
        "Messages"
    ):
        received += [open_job(message["Body"]) for message in messages]
        for message in messages:
            client.delete_message(QueueUrl=SETTINGS.automation_queue_url, ReceiptHandle=message["ReceiptHandle"])
    assert sorted(map(str, received)) == sorted(map(str, [*jobs, *others]))


def test_an_event_of_the_bus_is_read_as_it_is() -> None:
    body = (
        '{"version": "0", "id": "1", "detail-type": "Order", "source": "shop", "detail": {"email": "ada@example.net"}}'
    )
    job = open_job(body)
    assert isinstance(job, BusEventHappened)
    assert job.event["detail"] == {"email": ADA}
