"""The check of a broadcast counts its recipients before anything is sent."""

from __future__ import annotations

import pytest

from functions.core import timestamps
from functions.core.contacts.contact import Decision, SubscriptionStatus
from functions.core.errors import NotFound
from functions.steps.contacts.broadcast_audiences import erase_from_checks
from tests.support.broadcasts import (
    ADA,
    TYPE,
    Meanwhile,
    World,
)
from tests.support.examples import NOON_TEXT

MANY = [f"person-{number}@example.net" for number in range(2500)]


def test_a_check_counts_who_passes_the_filters_now() -> None:
    world = World()
    broadcast = world.create(lists=(world.a_dynamic_list("Rome"),))
    for name in ("ada", "bob"):
        world.a_contact(f"{name}@example.net", city="Rome")
    world.check.request(world.editor.get(broadcast.id))
    world.run()
    check = world.check.get(world.editor.get(broadcast.id))
    assert (check.done, check.recipients, check.deliverable) == (True, 2, 2)
    assert world.mailed() == []


def test_a_check_counts_before_anything_is_sent() -> None:
    world = World(subscription=TYPE, required=("code",))
    no = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="test")
    world.contacts.set_subscription("gone@example.net", TYPE, no)
    rows = [f"p{number}@example.net,{number},x" for number in range(20)]
    others = ["gone@example.net,1,,", "nobody,1,", "q@example.net,,", "r@example.net,1,,x"]
    file = world.a_file("\n".join(["email,code,colour", *rows, *others]))
    broadcast = world.create(file=file)
    world.check.request(world.editor.get(broadcast.id))
    world.run()
    check = world.check.get(world.editor.get(broadcast.id))
    assert (check.done, check.recipients, check.unreadable, check.missing_properties) == (True, 22, 2, 1)
    assert check.refused == {"PREVIOUSLY_UNSUBSCRIBED_MESSAGE": 1}
    assert check.deliverable == 20
    lines = {problem.line: problem.kind.value for problem in check.problems}
    assert lines == {1: "UNUSED_COLUMN", 22: "REFUSED", 23: "UNREADABLE", 24: "MISSING_PROPERTY", 25: "UNREADABLE"}
    assert len(check.first) == 10
    assert world.mailed() == []


def test_the_check_of_an_earlier_audience_does_not_count() -> None:
    """Its numbers and previews were of other people. A worker may have died since the change, or begun the check before it."""
    world = World()
    broadcast = world.create(contacts=("a@example.net",))
    world.check.request(world.editor.get(broadcast.id))
    world.run()
    assert world.check.get(world.editor.get(broadcast.id)).recipients == 1
    world.change(broadcast, contacts=("b@example.net", "c@example.net"))
    with pytest.raises(NotFound):
        world.check.get(world.editor.get(broadcast.id))
    world.check.request(broadcast)
    world.run()
    with pytest.raises(NotFound):
        world.check.get(world.editor.get(broadcast.id))


def test_a_check_stays_when_its_broadcast_begins() -> None:
    world = World()
    broadcast = world.create(contacts=("a@example.net",))
    world.check.request(broadcast)
    world.run()
    begun = world.editor.start(broadcast.id, ADA)
    assert world.check.get(begun).recipients == 1


def test_a_check_stores_no_erased_person() -> None:
    """One was erased before it, whose address the file still has, and one while a worker read the audience."""
    meanwhile = Meanwhile("broadcasts.update_check")
    world = World(guard=meanwhile)
    file = world.a_file("email\nbefore@example.net\nmeanwhile@example.net\nabuse@example.net\nb@example.net\n")
    broadcast = world.create(file=file)
    world.clock.now += 60
    world.check.request(broadcast)

    def erase(address: str) -> None:
        world.contacts.erase(address, timestamps.iso(world.clock()))
        erase_from_checks(world.broadcasts, address)

    for address in ("before@example.net", "abuse@example.net"):
        erase(address)
    meanwhile.act = lambda: erase("meanwhile@example.net")
    world.run()
    done = world.check.get(broadcast)
    assert (done.done, done.recipients, done.refused) == (True, 4, {"CAMPAIGN_CANCELLED": 3})
    assert [one.email for one in done.first] == ["b@example.net"]
    assert [(one.line, one.email) for one in done.problems] == [(2, ""), (3, ""), (4, "")]
    assert "abuse@" not in str(done)


@pytest.mark.parametrize("is_requested_again", [True, False])
def test_a_check_that_another_act_replaces_stores_nothing(is_requested_again: bool) -> None:
    """The broadcast changes while a worker counts: its numbers are of the earlier audience."""
    meanwhile = Meanwhile("emails.get")
    world = World(guard=meanwhile)
    broadcast = world.create(contacts=("a@example.net",))
    world.check.request(world.editor.get(broadcast.id))

    def act() -> None:
        world.change(broadcast, contacts=("b@example.net", "c@example.net"))
        if is_requested_again:
            world.check.request(world.editor.get(broadcast.id))

    meanwhile.act = act
    world.run()
    check = world.check.latest(world.editor.get(broadcast.id))
    assert (check and (check.done, check.recipients)) == ((True, 2) if is_requested_again else None)
