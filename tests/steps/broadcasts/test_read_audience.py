"""Who gets the mail of a broadcast."""

from __future__ import annotations

from operator import methodcaller

import pytest

from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.contacts.contact import Decision, SubscriptionStatus
from functions.core.outcomes import SendResult
from functions.core.sending.send import State
from tests.support.broadcasts import (
    ADA,
    REFUSED,
    REPEATED,
    SENT,
    TYPE,
    BroadcastScenario,
)
from tests.support.examples import NOON_TEXT

MANY = [f"person-{number}@example.net" for number in range(2500)]


def test_each_member_gets_one_mail() -> None:
    scenario = BroadcastScenario()
    broadcast = scenario.send(lists=(scenario.a_list("a@example.net", "b@example.net"),))
    scenario.run()
    assert scenario.mailed() == ["a@example.net", "b@example.net"]
    assert scenario.editor.get(broadcast.id).state is BroadcastState.DONE
    assert scenario.outcomes(broadcast.id) == {SENT: 2}
    assert scenario.message("a@example.net").state is State.SENT


def test_a_person_in_every_part_gets_one_mail() -> None:
    scenario = BroadcastScenario()
    lists = (scenario.a_list("a@example.net", "b@example.net"), scenario.a_list("b@example.net", "c@example.net"))
    file = scenario.a_file("Email,order\nC@example.net,3\nd@example.net,4\nD@example.net,5\n")
    broadcast = scenario.send(lists=lists, contacts=("a@example.net", "e@example.net"), file=file)
    scenario.run()
    assert scenario.mailed() == [f"{letter}@example.net" for letter in "abcde"]
    assert scenario.outcomes(broadcast.id) == {SENT: 5, REPEATED: 1}


def test_filters_choose_the_audience_when_it_begins() -> None:
    scenario = BroadcastScenario()
    scenario.a_contact("ada@example.net", city="Rome", plan="pro")
    scenario.a_contact("bob@example.net", city="Rome")
    scenario.a_contact("eve@example.net", city="Oslo")
    romans, others = scenario.a_dynamic_list("Rome"), scenario.a_dynamic_list("Oslo")
    broadcast = scenario.create(lists=(romans,), exclude_lists=(others,), send_at="2026-11-23T13:00:00.000Z")
    scenario.editor.start(broadcast.id, ADA)
    scenario.a_contact("zoe@example.net", city="Rome")
    scenario.contacts.edit("bob@example.net", NOON_TEXT, lambda one: one.with_values({"city": "Oslo"}, NOON_TEXT))
    scenario.clock.now += 3600
    scenario.enqueue_due()
    scenario.run()
    assert scenario.mailed() == ["ada@example.net", "zoe@example.net"]
    assert scenario.outcomes(broadcast.id) == {SENT: 2}


def test_a_canceled_broadcast_does_not_wait_for_its_lists() -> None:
    scenario = BroadcastScenario()
    broadcast = scenario.send(lists=(scenario.a_dynamic_list("Rome"),))
    scenario.step()
    scenario.editor.cancel(broadcast.id, ADA)
    scenario.run()
    assert (scenario.mailed(), scenario.editor.get(broadcast.id).state) == ([], BroadcastState.CANCELED)


def test_exclusions_apply_to_every_part() -> None:
    scenario = BroadcastScenario()
    file = scenario.a_file("email\nc@example.net\nd@example.net\n")
    scenario.send(
        lists=(scenario.a_list("a@example.net", "b@example.net"),),
        file=file,
        exclude_lists=(scenario.a_list("b@example.net", "d@example.net"),),
        exclude_contacts=("a@example.net",),
    )
    scenario.run()
    assert scenario.mailed() == ["c@example.net"]


@pytest.mark.parametrize(
    ("excluded", "mailed"),
    [
        ("Ada <A@example.net>", "a@example.net"),
        ("x@MÜLLER.example", "x@müller.example"),
        ("x@xn--mller-kva.example", "x@müller.example"),
    ],
)
def test_an_exclusion_is_of_the_address_however_written(excluded: str, mailed: str) -> None:
    scenario = BroadcastScenario()
    scenario.send(file=scenario.a_file(f"email\n{mailed}\nc@example.net\n"), exclude_contacts=(excluded,))
    scenario.run()
    assert scenario.mailed() == ["c@example.net"]


@pytest.mark.parametrize("excluded", ["old@example.net", "new@example.net"])
def test_an_exclusion_is_of_every_address_of_a_person(excluded: str) -> None:
    scenario = BroadcastScenario()
    old = scenario.contacts.edit("old@example.net", NOON_TEXT, lambda contact: contact)
    scenario.contacts.edit("new@example.net", NOON_TEXT, methodcaller("succeeding", old))
    scenario.contacts.edit("old@example.net", NOON_TEXT, methodcaller("merged_with", "new@example.net", NOON_TEXT))
    file = scenario.a_file("email\nold@example.net\nnew@example.net\nc@example.net\n")
    scenario.send(file=file, exclude_contacts=(excluded,))
    scenario.run()
    assert scenario.mailed() == ["c@example.net"]


def test_a_files_columns_are_its_recipients_properties() -> None:
    scenario = BroadcastScenario()
    scenario.send(file=scenario.a_file("email;order\na@example.net;41\nb@example.net;42\n"))
    scenario.run()
    subjects = [mail.raw.split(b"Subject: ")[1].split(b"\r\n")[0] for mail in scenario.mailer.taken]
    assert subjects == [b"Order 41", b"Order 42"]


def test_marketing_mail_obeys_each_contacts_status() -> None:
    scenario = BroadcastScenario(subscription=TYPE)
    list_id = scenario.a_list("a@example.net", "gone@example.net", "bounced@example.net")
    no = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="test")
    scenario.contacts.set_subscription("gone@example.net", TYPE, no)
    scenario.contacts.quarantine("bounced@example.net", NOON_TEXT, "550")
    broadcast = scenario.send(lists=(list_id,))
    scenario.run()
    assert scenario.mailed() == ["a@example.net"]
    assert scenario.outcomes(broadcast.id) == {SENT: 1, REFUSED: 2}
    rows = scenario.report(scenario.editor.get(broadcast.id), 1)
    results = {row.recipient.email: row.message.result for row in rows if row.message}
    assert results["gone@example.net"] is SendResult.PREVIOUSLY_UNSUBSCRIBED_MESSAGE
    assert results["bounced@example.net"] is SendResult.PREVIOUSLY_BOUNCED


def test_transactional_mail_ignores_each_contacts_status() -> None:
    scenario = BroadcastScenario()
    list_id = scenario.a_list("gone@example.net")
    no = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="test")
    scenario.contacts.set_subscription("gone@example.net", "*", no)
    scenario.send(lists=(list_id,))
    scenario.run()
    assert scenario.mailed() == ["gone@example.net"]


def test_pages_of_a_large_audience_are_all_sent() -> None:
    scenario = BroadcastScenario()
    broadcast = scenario.send(lists=(scenario.a_list(*MANY),))
    scenario.run()
    assert scenario.mailed() == sorted(MANY)
    assert scenario.editor.get(broadcast.id).pages == 3
    assert scenario.outcomes(broadcast.id) == {SENT: 2500}


def test_an_empty_list_is_done_at_once() -> None:
    scenario = BroadcastScenario()
    broadcast = scenario.send(lists=(scenario.a_list(),))
    scenario.run()
    assert scenario.editor.get(broadcast.id).state is BroadcastState.DONE
