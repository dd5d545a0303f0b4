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
    World,
)
from tests.support.examples import NOON_TEXT

MANY = [f"person-{number}@example.net" for number in range(2500)]


def test_each_member_gets_one_mail() -> None:
    world = World()
    broadcast = world.send(lists=(world.a_list("a@example.net", "b@example.net"),))
    world.run()
    assert world.mailed() == ["a@example.net", "b@example.net"]
    assert world.editor.get(broadcast.id).state is BroadcastState.DONE
    assert world.outcomes(broadcast.id) == {SENT: 2}
    assert world.message("a@example.net").state is State.SENT


def test_a_person_in_every_part_gets_one_mail() -> None:
    world = World()
    lists = (world.a_list("a@example.net", "b@example.net"), world.a_list("b@example.net", "c@example.net"))
    file = world.a_file("Email,order\nC@example.net,3\nd@example.net,4\nD@example.net,5\n")
    broadcast = world.send(lists=lists, contacts=("a@example.net", "e@example.net"), file=file)
    world.run()
    assert world.mailed() == [f"{letter}@example.net" for letter in "abcde"]
    assert world.outcomes(broadcast.id) == {SENT: 5, REPEATED: 1}


def test_filters_choose_the_audience_when_it_begins() -> None:
    world = World()
    world.a_contact("ada@example.net", city="Rome", plan="pro")
    world.a_contact("bob@example.net", city="Rome")
    world.a_contact("eve@example.net", city="Oslo")
    romans, others = world.a_dynamic_list("Rome"), world.a_dynamic_list("Oslo")
    broadcast = world.create(lists=(romans,), exclude_lists=(others,), send_at="2026-11-23T13:00:00.000Z")
    world.editor.start(broadcast.id, ADA)
    world.a_contact("zoe@example.net", city="Rome")
    world.contacts.edit("bob@example.net", NOON_TEXT, lambda one: one.with_values({"city": "Oslo"}, NOON_TEXT))
    world.clock.now += 3600
    world.enqueue_due()
    world.run()
    assert world.mailed() == ["ada@example.net", "zoe@example.net"]
    assert world.outcomes(broadcast.id) == {SENT: 2}


def test_a_canceled_broadcast_does_not_wait_for_its_lists() -> None:
    world = World()
    broadcast = world.send(lists=(world.a_dynamic_list("Rome"),))
    world.step()
    world.editor.cancel(broadcast.id, ADA)
    world.run()
    assert (world.mailed(), world.editor.get(broadcast.id).state) == ([], BroadcastState.CANCELED)


def test_exclusions_apply_to_every_part() -> None:
    world = World()
    file = world.a_file("email\nc@example.net\nd@example.net\n")
    world.send(
        lists=(world.a_list("a@example.net", "b@example.net"),),
        file=file,
        exclude_lists=(world.a_list("b@example.net", "d@example.net"),),
        exclude_contacts=("a@example.net",),
    )
    world.run()
    assert world.mailed() == ["c@example.net"]


@pytest.mark.parametrize(
    ("excluded", "mailed"),
    [
        ("Ada <A@example.net>", "a@example.net"),
        ("x@MÜLLER.example", "x@müller.example"),
        ("x@xn--mller-kva.example", "x@müller.example"),
    ],
)
def test_an_exclusion_is_of_the_address_however_written(excluded: str, mailed: str) -> None:
    world = World()
    world.send(file=world.a_file(f"email\n{mailed}\nc@example.net\n"), exclude_contacts=(excluded,))
    world.run()
    assert world.mailed() == ["c@example.net"]


@pytest.mark.parametrize("excluded", ["old@example.net", "new@example.net"])
def test_an_exclusion_is_of_every_address_of_a_person(excluded: str) -> None:
    world = World()
    old = world.contacts.edit("old@example.net", NOON_TEXT, lambda contact: contact)
    world.contacts.edit("new@example.net", NOON_TEXT, methodcaller("succeeding", old))
    world.contacts.edit("old@example.net", NOON_TEXT, methodcaller("merged_with", "new@example.net", NOON_TEXT))
    file = world.a_file("email\nold@example.net\nnew@example.net\nc@example.net\n")
    world.send(file=file, exclude_contacts=(excluded,))
    world.run()
    assert world.mailed() == ["c@example.net"]


def test_a_files_columns_are_its_recipients_properties() -> None:
    world = World()
    world.send(file=world.a_file("email;order\na@example.net;41\nb@example.net;42\n"))
    world.run()
    subjects = [mail.raw.split(b"Subject: ")[1].split(b"\r\n")[0] for mail in world.mailer.taken]
    assert subjects == [b"Order 41", b"Order 42"]


def test_marketing_mail_obeys_each_contacts_status() -> None:
    world = World(subscription=TYPE)
    list_id = world.a_list("a@example.net", "gone@example.net", "bounced@example.net")
    no = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="test")
    world.contacts.set_subscription("gone@example.net", TYPE, no)
    world.contacts.quarantine("bounced@example.net", NOON_TEXT, "550")
    broadcast = world.send(lists=(list_id,))
    world.run()
    assert world.mailed() == ["a@example.net"]
    assert world.outcomes(broadcast.id) == {SENT: 1, REFUSED: 2}
    rows = world.report(world.editor.get(broadcast.id), 1)
    results = {row.recipient.email: row.message.result for row in rows if row.message}
    assert results["gone@example.net"] is SendResult.PREVIOUSLY_UNSUBSCRIBED_MESSAGE
    assert results["bounced@example.net"] is SendResult.PREVIOUSLY_BOUNCED


def test_transactional_mail_ignores_each_contacts_status() -> None:
    world = World()
    list_id = world.a_list("gone@example.net")
    no = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="test")
    world.contacts.set_subscription("gone@example.net", "*", no)
    world.send(lists=(list_id,))
    world.run()
    assert world.mailed() == ["gone@example.net"]


def test_pages_of_a_large_audience_are_all_sent() -> None:
    world = World()
    broadcast = world.send(lists=(world.a_list(*MANY),))
    world.run()
    assert world.mailed() == sorted(MANY)
    assert world.editor.get(broadcast.id).pages == 3
    assert world.outcomes(broadcast.id) == {SENT: 2500}


def test_an_empty_list_is_done_at_once() -> None:
    world = World()
    broadcast = world.send(lists=(world.a_list(),))
    world.run()
    assert world.editor.get(broadcast.id).state is BroadcastState.DONE
