"""Evaluations of lists: real steps on ports in memory, and a queue whose jobs are done in any order, more than once, or not at all."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from functions.core.broadcasts.jobs import EvaluateJob, RefreshJob
from functions.core.contacts.lists.contact_list import SEGMENTS, ContactList, ProcessingType
from functions.core.contacts.lists.list_filters import AnyBranch
from functions.steps.contacts import evaluate_lists
from functions.steps.contacts.evaluate_lists import Change, EvaluateLists
from functions.steps.contacts.properties import ContactProperties
from tests.fakes import Clock
from tests.fakes.broadcasts import MemoryBroadcastQueue
from tests.fakes.contacts import MemoryContactLists, MemoryContacts, MemoryPropertyDefinitions
from tests.support.examples import NOON_TEXT, a_contact_list
from tests.support.list_filters import branch, city, city_is, in_list

EARLIER, LATER = "2026-11-23T11:00:00.000Z", "2026-11-23T13:00:00.000Z"


@dataclass
class Scenario:
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.lists, self.contacts, self.queue = MemoryContactLists(), MemoryContacts(), MemoryBroadcastQueue()
        self.step = EvaluateLists(
            lists=self.lists,
            members=self.lists,
            directory=self.contacts,
            contacts=self.contacts,
            properties=ContactProperties(definitions=MemoryPropertyDefinitions(), lists=self.lists, clock=self.clock),
            queue=self.queue,
            clock=self.clock,
        )

    def slow_clock(self) -> float:
        """Each look at the clock takes a second."""
        self.clock.now += 1
        return self.clock.now

    def person(self, email: str, **values: str) -> None:
        self.contacts.edit(email, NOON_TEXT, lambda contact: contact.with_values(values, NOON_TEXT))

    def people(self, count: int, **values: str) -> list[str]:
        emails = [f"p{number:03}@example.net" for number in range(count)]
        for email in emails:
            self.person(email, **values)
        return emails

    def a_list(self, filters: Any, kind: ProcessingType = ProcessingType.DYNAMIC) -> int:
        tree = filters if isinstance(filters, AnyBranch) else msgspec.convert(filters, AnyBranch)
        draft = a_contact_list("X", processing_type=kind, filter_branch=tree, filters_updated_at=NOON_TEXT)
        return self.lists.create(draft).id

    def work(self, job: RefreshJob | EvaluateJob, seconds: float = 60) -> None:
        if isinstance(job, RefreshJob):
            self.step.refresh(job)
        else:
            self.step(job, self.clock() + seconds)

    def run(self, seconds: float = 60) -> int:
        """Does every job. Returns how many there were."""
        jobs = 0
        while self.queue.waiting:
            job, delay = self.queue.waiting.pop(0)
            self.clock.now += 1 + delay
            assert isinstance(job, RefreshJob | EvaluateJob)
            self.work(job, seconds)
            jobs += 1
            assert jobs < 500
        return jobs

    def members(self, list_id: int) -> list[str]:
        return [one.email for one in self.lists.page(list_id, "", 1000)[0]]

    def stored(self, list_id: int) -> ContactList:
        return self.lists.stored[list_id]


@pytest.fixture
def scenario(monkeypatch: pytest.MonkeyPatch) -> Scenario:
    monkeypatch.setattr(evaluate_lists, "SCAN_BATCH", 3)
    monkeypatch.setattr(evaluate_lists, "MEMBERS_BATCH", 3)
    monkeypatch.setattr(evaluate_lists, "CHUNK", 2)
    return Scenario()


def test_who_passes_joins_and_who_does_not_leaves(scenario: Scenario) -> None:
    romans = scenario.people(20, city="Rome")
    scenario.person("eve@example.net", city="Oslo")
    list_id = scenario.a_list(city_is("Rome"))
    scenario.lists.add(list_id, ["eve@example.net", "nobody@example.net"], NOON_TEXT)
    scenario.step.request(list_id)
    assert scenario.run() == 1 + SEGMENTS + 1
    assert scenario.members(list_id) == romans
    one = scenario.stored(list_id)
    assert (one.size, one.is_current, one.evaluated_at) == (20, True, one.evaluation and one.evaluation.began_at)
    scenario.person(romans[0], city="Oslo")
    scenario.contacts.edit(romans[1], LATER, lambda contact: contact.archived(LATER))
    scenario.step.request(list_id)
    scenario.run()
    assert scenario.members(list_id) == romans[2:]


def test_a_part_without_time_goes_on_later(scenario: Scenario) -> None:
    romans = scenario.people(20, city="Rome")
    list_id = scenario.a_list(city_is("Rome"))
    scenario.step.request(list_id)
    scenario.step = replace(scenario.step, clock=scenario.slow_clock)
    assert scenario.run(seconds=3) > 1 + SEGMENTS + 1
    assert scenario.members(list_id) == romans
    assert scenario.stored(list_id).is_current


@pytest.mark.parametrize("seed", range(20))
def test_parts_may_be_killed_repeated_and_reordered(scenario: Scenario, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a reproducible schedule
    romans = scenario.people(15, city="Rome")
    scenario.person("eve@example.net", city="Oslo")
    list_id = scenario.a_list(city_is("Rome"))
    scenario.lists.add(list_id, ["eve@example.net"], NOON_TEXT)
    scenario.step.request(list_id)
    killed = 0
    while scenario.queue.waiting:
        job, delay = scenario.queue.waiting.pop(chance.randrange(len(scenario.queue.waiting)))
        assert isinstance(job, RefreshJob | EvaluateJob)
        scenario.clock.now += 1
        if killed < 10 and chance.random() < 0.4:  # its worker dies amid the job: SQS delivers it again
            killed += 1
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(scenario.lists, "end_part", _die)
                patch.setattr(scenario.lists, "mark_queued", _die)
                with pytest.raises(_DeadError) if isinstance(job, EvaluateJob) else _either():
                    scenario.work(job)
            scenario.queue.waiting.append((job, delay))
            continue
        scenario.work(job)
    assert scenario.members(list_id) == romans
    assert scenario.stored(list_id).is_current


class _DeadError(Exception):
    pass


def _die(*_: object) -> None:
    raise _DeadError


class _either:  # noqa: N801 - a context manager
    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, *_: object) -> bool:
        return kind is _DeadError


def test_a_snapshot_is_evaluated_once(scenario: Scenario) -> None:
    romans = scenario.people(3, city="Rome")
    list_id = scenario.a_list(city_is("Rome"), ProcessingType.SNAPSHOT)
    scenario.lists.add(list_id, ["eve@example.net"], NOON_TEXT)
    scenario.step.request(list_id)
    assert scenario.run() == 1 + SEGMENTS
    assert scenario.members(list_id) == ["eve@example.net", *romans]
    scenario.person("late@example.net", city="Rome")
    assert scenario.step.are_current([list_id], LATER)
    scenario.step.request(list_id)
    scenario.run()
    assert "late@example.net" not in scenario.members(list_id)


def test_lists_of_the_filters_are_evaluated_first(scenario: Scenario) -> None:
    romans = scenario.people(4, city="Rome")
    scenario.person("eve@example.net", city="Oslo")
    inner = scenario.a_list(city_is("Rome"))
    outer = scenario.a_list(branch([in_list(inner)]))
    others = scenario.a_list(branch([in_list(outer, "NOT_IN_LIST")]))
    scenario.step.request(others)
    scenario.run()
    assert (scenario.members(outer), scenario.members(others)) == (romans, ["eve@example.net"])
    assert [scenario.stored(one).is_current for one in (inner, outer, others)] == [True] * 3


def test_a_recent_evaluation_is_not_repeated(scenario: Scenario) -> None:
    list_id = scenario.a_list(city_is("Rome"))
    assert not scenario.step.are_current([list_id], EARLIER)
    assert not scenario.step.are_current([list_id], EARLIER)  # it runs: nothing more is queued
    scenario.run()
    assert scenario.step.are_current([list_id, 99], EARLIER)
    latest = scenario.stored(list_id).evaluation
    assert latest is not None
    assert (scenario.queue.waiting, latest.number) == ([], 1)
    assert not scenario.step.are_current([list_id], LATER)


def test_other_filters_end_an_evaluation(scenario: Scenario) -> None:
    scenario.person("ada@example.net", city="Rome")
    scenario.person("eve@example.net", city="Oslo")
    list_id = scenario.a_list(city_is("Rome"))
    scenario.step.are_current([list_id], EARLIER)
    old = [job for job, _ in scenario.queue.waiting]
    scenario.clock.now += 10
    scenario.lists.edit(
        list_id, lambda one: replace(one, filter_branch=city_is("Oslo"), filters_updated_at="2026-11-23T12:00:10.000Z")
    )
    scenario.step.request(list_id)
    scenario.run()
    for job in old:
        assert isinstance(job, EvaluateJob)
        scenario.work(job)
    assert scenario.members(list_id) == ["eve@example.net"]


def test_other_filters_end_a_part_that_is_at_work(scenario: Scenario) -> None:
    """Its further pages would add contacts by the old filters, after the new evaluation removed them."""
    scenario.people(60, city="Rome")
    list_id = scenario.a_list(city_is("Rome"))
    scenario.step.are_current([list_id], EARLIER)
    part = scenario.queue.waiting[0][0]
    scenario.queue.waiting.clear()

    def change_filters_meanwhile(change: Change, chunks: Iterable[Sequence[str]]) -> list[object]:
        done = [change(chunk) for chunk in chunks]
        if scenario.stored(list_id).filter_branch == city_is("Rome"):
            other = {"filter_branch": city_is("Oslo"), "filters_updated_at": "2026-11-23T12:00:10.000Z"}
            scenario.clock.now += 10
            scenario.lists.edit(list_id, lambda one: replace(one, **other))
            scenario.step.request(list_id)
            scenario.run()
        return done

    assert isinstance(part, EvaluateJob)
    replace(scenario.step, run=change_filters_meanwhile)(part, scenario.clock() + 600)
    assert scenario.members(list_id) == []


def test_a_lost_evaluation_is_begun_again(scenario: Scenario) -> None:
    """Its jobs are gone, as after a purge of the dead letters."""
    scenario.person("ada@example.net", city="Rome")
    list_id = scenario.a_list(city_is("Rome"))
    scenario.step.are_current([list_id], EARLIER)
    scenario.queue.waiting.clear()
    scenario.clock.now += evaluate_lists.LOST_SECONDS + 1
    assert not scenario.step.are_current([list_id], EARLIER)
    scenario.run()
    assert scenario.members(list_id) == ["ada@example.net"]


def test_filters_over_a_property_that_is_gone_match_nothing(scenario: Scenario) -> None:
    scenario.person("ada@example.net", gone="x")
    list_id = scenario.a_list(branch([{**city("x"), "property": "gone"}]))
    scenario.step.request(list_id)
    scenario.run()
    assert scenario.members(list_id) == []
