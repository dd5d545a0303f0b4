"""Changes of a broadcast before it begins."""

from __future__ import annotations

from typing import Any

import pytest

from functions.core import timestamps
from functions.core.broadcasts.jobs import ReleaseJob
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.errors import Conflict, Rejected
from tests.support.broadcasts import (
    ADA,
    BroadcastScenario,
    Meanwhile,
)
from tests.support.examples import NOON

MANY = [f"person-{number}@example.net" for number in range(2500)]


def test_a_new_time_replaces_the_first() -> None:
    scenario = BroadcastScenario()
    broadcast = scenario.send(lists=(scenario.a_list("a@example.net"),), send_at=timestamps.iso(NOON + 5000))
    scenario.editor.start(broadcast.id, ADA, timestamps.iso(NOON + 9000))
    scenario.clock.now = NOON + 6000
    scenario.enqueue_due()
    scenario.run()
    assert scenario.mailed() == []
    scenario.clock.now = NOON + 9000
    scenario.enqueue_due()
    scenario.run()
    assert scenario.mailed() == ["a@example.net"]


def test_a_scheduled_broadcast_has_another_time_and_audience() -> None:
    scenario = BroadcastScenario()
    broadcast = scenario.send(contacts=("a@example.net",), send_at=timestamps.iso(NOON + 5000))
    later = scenario.change(
        broadcast, name="New terms", contacts=("B@example.net",), send_at=timestamps.iso(NOON + 9000)
    )
    assert (later.state, later.name, later.audience.contacts) == (
        BroadcastState.SCHEDULED,
        "New terms",
        ("b@example.net",),
    )
    for now, mailed in ((6000, []), (9000, ["b@example.net"])):
        scenario.clock.now = NOON + now
        scenario.enqueue_due()
        scenario.run()
        assert scenario.mailed() == mailed


def test_a_draft_may_lose_its_time() -> None:
    scenario = BroadcastScenario()
    broadcast = scenario.create(contacts=("a@example.net",), send_at=timestamps.iso(NOON + 5000))
    assert scenario.change(broadcast, send_at=None).send_at is None
    assert scenario.broadcasts.moments == set()


@pytest.mark.parametrize("local_time", [False, True])
def test_a_time_that_passed_prevents_no_other_change(local_time: bool) -> None:
    scenario = BroadcastScenario()
    at = timestamps.iso(NOON + 90_000)
    broadcast = scenario.create(contacts=("a@example.net",), send_at=at, local_time=local_time)
    scenario.clock.now = NOON + 100_000
    assert scenario.change(broadcast, name="Later").name == "Later"
    for choice in ({"send_at": timestamps.iso(NOON + 95_000)}, {"local_time": not local_time}):
        with pytest.raises(Rejected, match="sendAt: is in the past"):
            scenario.change(broadcast, **choice)
    with pytest.raises(Rejected, match="sendAt: is in the past"):
        scenario.editor.start(broadcast.id, ADA)


def test_an_expired_file_prevents_no_other_change() -> None:
    scenario = BroadcastScenario()
    broadcast = scenario.create(file=scenario.a_file("email\na@example.net"))
    scenario.uploads.files.clear()
    assert scenario.change(broadcast, name="Later", custom={"a": 1}).name == "Later"
    with pytest.raises(Rejected, match="is not stored, or no longer"):
        scenario.change(broadcast, contacts=("b@example.net",))
    with pytest.raises(Rejected, match="is not stored, or no longer"):
        scenario.editor.start(broadcast.id, ADA)


def test_a_scheduled_broadcast_needs_its_file() -> None:
    scenario = BroadcastScenario()
    broadcast = scenario.send(file=scenario.a_file("email\na@example.net"), send_at=timestamps.iso(NOON + 5000))
    scenario.uploads.files.clear()
    with pytest.raises(Rejected, match="is not stored, or no longer"):
        scenario.change(broadcast, name="Later")


def test_a_late_broadcast_keeps_its_time_when_it_changes() -> None:
    """Its moment has passed, and its release has not come yet."""
    scenario = BroadcastScenario()
    broadcast = scenario.send(contacts=("a@example.net",), send_at=timestamps.iso(NOON + 5000))
    scenario.clock.now = NOON + 5100
    assert scenario.change(broadcast, name="Still").state is BroadcastState.SCHEDULED
    scenario.enqueue_due()
    scenario.run()
    assert scenario.mailed() == ["a@example.net"]


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"send_at": None}, "sendAt"),
        ({"send_at": timestamps.iso(NOON - 60)}, "sendAt"),
        ({"contacts": ()}, "to"),
        ({"lists": (99,)}, "to.contactIlsLists.include[0]"),
        ({"contacts": ("a@example.net", "nobody@")}, "to.contactIds.include[1]"),
    ],
)
def test_what_is_scheduled_stays_sendable(choice: dict[str, Any], field: str) -> None:
    scenario = BroadcastScenario()
    broadcast = scenario.send(contacts=("a@example.net",), send_at=timestamps.iso(NOON + 5000))
    with pytest.raises(Rejected) as rejected:
        scenario.change(broadcast, **choice)
    assert [error.field for error in rejected.value.errors] == [field]
    assert scenario.editor.get(broadcast.id) == broadcast


def test_a_broadcast_that_began_or_ended_does_not_change() -> None:
    scenario = BroadcastScenario()
    begun, ended = scenario.send(contacts=("a@example.net",)), scenario.create(contacts=("a@example.net",))
    scenario.editor.cancel(ended.id, ADA)
    for broadcast, reason in ((begun, "PREPARING cannot change.*pause, cancel"), (ended, "CANCELED cannot change")):
        with pytest.raises(Conflict, match=reason):
            scenario.change(broadcast, name="Too late")


def test_a_change_of_an_earlier_version_overwrites_nothing() -> None:
    scenario = BroadcastScenario()
    broadcast = scenario.create(contacts=("a@example.net",))
    scenario.change(broadcast, broadcast.version, name="Theirs")
    with pytest.raises(Conflict, match="changed since you read it"):
        scenario.change(broadcast, broadcast.version, name="Mine")
    assert scenario.editor.get(broadcast.id).name == "Theirs"


@pytest.mark.parametrize("send_at", [None, timestamps.iso(NOON + 5000)])
def test_only_what_an_actor_read_begins(send_at: str | None) -> None:
    """Another actor chose another audience, before the start or during it."""
    meanwhile = Meanwhile("emails.get")
    scenario = BroadcastScenario(guard=meanwhile)
    broadcast = scenario.create(contacts=("a@example.net",), send_at=send_at)
    meanwhile.act = lambda: scenario.change(broadcast, contacts=("b@example.net",))
    for version in (None, broadcast.version):
        with pytest.raises(Conflict, match="changed since you read it"):
            scenario.editor.start(broadcast.id, ADA, version=version)
    assert scenario.editor.get(broadcast.id).state is BroadcastState.DRAFT
    assert scenario.editor.start(broadcast.id, ADA).audience.contacts == ("b@example.net",)


def test_a_time_that_changes_while_it_begins_is_kept() -> None:
    meanwhile = Meanwhile("emails.get")
    scenario = BroadcastScenario(guard=meanwhile)
    broadcast = scenario.send(contacts=("a@example.net",), send_at=timestamps.iso(NOON + 5000))
    scenario.clock.now = NOON + 4500
    scenario.enqueue_due()
    meanwhile.act = lambda: scenario.change(broadcast, send_at=timestamps.iso(NOON + 9000))
    scenario.run()
    assert (scenario.editor.get(broadcast.id).state, scenario.mailed()) == (BroadcastState.SCHEDULED, [])
    scenario.clock.now = NOON + 9000
    scenario.enqueue_due()
    scenario.run()
    assert scenario.mailed() == ["a@example.net"]


@pytest.mark.parametrize("is_changed", [False, True])
def test_a_sweep_while_it_is_scheduled_loses_no_start(*, is_changed: bool) -> None:
    """Its job is done at once, and finds no broadcast of this time yet."""
    meanwhile = Meanwhile("broadcasts.edit")
    scenario = BroadcastScenario(guard=meanwhile)
    late, due = timestamps.iso(NOON + 9000), timestamps.iso(NOON + 1)
    broadcast = scenario.create(contacts=("a@example.net",), send_at=late if is_changed else due)
    if is_changed:
        scenario.editor.start(broadcast.id, ADA)

    def sweep() -> None:
        scenario.enqueue_due()
        scenario.run()

    meanwhile.act = sweep
    if is_changed:
        scenario.change(broadcast, send_at=due)
    else:
        scenario.editor.start(broadcast.id, ADA)
    scenario.clock.now = NOON + 2
    sweep()
    assert scenario.mailed() == ["a@example.net"]


def test_a_change_that_comes_while_it_begins_is_refused() -> None:
    meanwhile = Meanwhile("emails.get")
    scenario = BroadcastScenario(guard=meanwhile)
    due = timestamps.iso(NOON + 5000)
    broadcast = scenario.send(contacts=("a@example.net",), send_at=due)
    meanwhile.act = lambda: scenario.release(ReleaseJob(broadcast.id, due))
    with pytest.raises(Conflict, match="PREPARING cannot change"):
        scenario.change(broadcast, contacts=("b@example.net",))
    scenario.run()
    assert scenario.mailed() == ["a@example.net"]
