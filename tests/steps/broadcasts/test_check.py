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
    BroadcastScenario,
    Meanwhile,
)
from tests.support.examples import NOON_TEXT

MANY = [f"person-{number}@example.net" for number in range(2500)]


def test_a_check_counts_who_passes_the_filters_now() -> None:
    scenario = BroadcastScenario()
    broadcast = scenario.create(lists=(scenario.a_dynamic_list("Rome"),))
    for name in ("ada", "bob"):
        scenario.a_contact(f"{name}@example.net", city="Rome")
    scenario.check.request(scenario.editor.get(broadcast.id))
    scenario.run()
    check = scenario.check.get(scenario.editor.get(broadcast.id))
    assert (check.done, check.recipients, check.deliverable) == (True, 2, 2)
    assert scenario.mailed() == []


def test_a_check_counts_before_anything_is_sent() -> None:
    scenario = BroadcastScenario(subscription=TYPE, required=("code",))
    no = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="test")
    scenario.contacts.set_subscription("gone@example.net", TYPE, no)
    rows = [f"p{number}@example.net,{number},x" for number in range(20)]
    others = ["gone@example.net,1,,", "nobody,1,", "q@example.net,,", "r@example.net,1,,x"]
    file = scenario.a_file("\n".join(["email,code,colour", *rows, *others]))
    broadcast = scenario.create(file=file)
    scenario.check.request(scenario.editor.get(broadcast.id))
    scenario.run()
    check = scenario.check.get(scenario.editor.get(broadcast.id))
    assert (check.done, check.recipients, check.unreadable, check.missing_properties) == (True, 22, 2, 1)
    assert check.refused == {"PREVIOUSLY_UNSUBSCRIBED_MESSAGE": 1}
    assert check.deliverable == 20
    lines = {problem.line: problem.kind.value for problem in check.problems}
    assert lines == {1: "UNUSED_COLUMN", 22: "REFUSED", 23: "UNREADABLE", 24: "MISSING_PROPERTY", 25: "UNREADABLE"}
    assert len(check.first) == 10
    assert scenario.mailed() == []


def test_the_check_of_an_earlier_audience_does_not_count() -> None:
    """Its numbers and previews were of other people. A worker may have died since the change, or begun the check before it."""
    scenario = BroadcastScenario()
    broadcast = scenario.create(contacts=("a@example.net",))
    scenario.check.request(scenario.editor.get(broadcast.id))
    scenario.run()
    assert scenario.check.get(scenario.editor.get(broadcast.id)).recipients == 1
    scenario.change(broadcast, contacts=("b@example.net", "c@example.net"))
    with pytest.raises(NotFound):
        scenario.check.get(scenario.editor.get(broadcast.id))
    scenario.check.request(broadcast)
    scenario.run()
    with pytest.raises(NotFound):
        scenario.check.get(scenario.editor.get(broadcast.id))


def test_a_check_stays_when_its_broadcast_begins() -> None:
    scenario = BroadcastScenario()
    broadcast = scenario.create(contacts=("a@example.net",))
    scenario.check.request(broadcast)
    scenario.run()
    begun = scenario.editor.start(broadcast.id, ADA)
    assert scenario.check.get(begun).recipients == 1


def test_a_check_stores_no_erased_person() -> None:
    """One was erased before it, whose address the file still has, and one while a worker read the audience."""
    meanwhile = Meanwhile("broadcasts.update_check")
    scenario = BroadcastScenario(guard=meanwhile)
    file = scenario.a_file("email\nbefore@example.net\nmeanwhile@example.net\nabuse@example.net\nb@example.net\n")
    broadcast = scenario.create(file=file)
    scenario.clock.now += 60
    scenario.check.request(broadcast)

    def erase(address: str) -> None:
        scenario.contacts.erase(address, timestamps.iso(scenario.clock()))
        erase_from_checks(scenario.broadcasts, address)

    for address in ("before@example.net", "abuse@example.net"):
        erase(address)
    meanwhile.act = lambda: erase("meanwhile@example.net")
    scenario.run()
    done = scenario.check.get(broadcast)
    assert (done.done, done.recipients, done.refused) == (True, 4, {"CAMPAIGN_CANCELLED": 3})
    assert [one.email for one in done.first] == ["b@example.net"]
    assert [(one.line, one.email) for one in done.problems] == [(2, ""), (3, ""), (4, "")]
    assert "abuse@" not in str(done)


@pytest.mark.parametrize("is_requested_again", [True, False])
def test_a_check_that_another_act_replaces_stores_nothing(is_requested_again: bool) -> None:
    """The broadcast changes while a worker counts: its numbers are of the earlier audience."""
    meanwhile = Meanwhile("emails.get")
    scenario = BroadcastScenario(guard=meanwhile)
    broadcast = scenario.create(contacts=("a@example.net",))
    scenario.check.request(scenario.editor.get(broadcast.id))

    def act() -> None:
        scenario.change(broadcast, contacts=("b@example.net", "c@example.net"))
        if is_requested_again:
            scenario.check.request(scenario.editor.get(broadcast.id))

    meanwhile.act = act
    scenario.run()
    check = scenario.check.latest(scenario.editor.get(broadcast.id))
    assert (check and (check.done, check.recipients)) == ((True, 2) if is_requested_again else None)
