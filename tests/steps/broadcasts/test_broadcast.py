"""A broadcast from its draft to its report."""

from __future__ import annotations

import functools
from operator import methodcaller
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.broadcasts.broadcast import Broadcast, BroadcastPage, Recipient
from functions.core.broadcasts.jobs import PageJob, PrepareJob, ReleaseJob
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.contacts.contact import Contact, Decision, SubscriptionStatus
from functions.core.contacts.lists.contact_list import ContactList
from functions.core.emails.pause import Pause
from functions.core.errors import Conflict, NotFound, OutcomeUnknown, Rejected, Retry, Throttled
from functions.core.outcomes import SendResult
from functions.core.sending.send import FAILED_ATTEMPTS_MAX, State
from functions.steps.broadcasts.draft_broadcasts import request_of
from functions.steps.broadcasts.send_page import CHUNK
from functions.steps.contacts.broadcast_audiences import erase_from_checks
from tests.fakes.sending import MemoryMailer
from tests.support.broadcasts import (
    ADA,
    ATTEMPTS,
    CANCELED,
    FAILED,
    GRACE,
    LEASE,
    REFUSED,
    REPEATED,
    SENT,
    TYPE,
    Meanwhile,
    World,
)
from tests.support.examples import NOON, NOON_TEXT

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


def test_a_canceled_broadcast_does_not_wait_for_its_lists() -> None:
    world = World()
    broadcast = world.send(lists=(world.a_dynamic_list("Rome"),))
    world.step()
    world.editor.cancel(broadcast.id, ADA)
    world.run()
    assert (world.mailed(), world.editor.get(broadcast.id).state) == ([], BroadcastState.CANCELED)


def test_a_page_of_a_dead_writer_is_not_sent() -> None:
    """Another worker writes it again, with other recipients: it has no job before the broadcast counts it."""
    world = World()
    broadcast = world.send(lists=(world.a_list("a@example.net"),))
    orphan = [Recipient("b@example.net")]
    world.files.write_page(broadcast.id, 1, orphan)
    world.pages.put(broadcast.id, BroadcastPage(number=1, recipients=1))
    world.step()  # the release, which reads the stored pages
    assert [type(job) for job, _ in world.queue.waiting] == [PrepareJob]
    world.run()
    assert world.mailed() == ["a@example.net"]
    assert world.outcomes(broadcast.id) == {SENT: 1}


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


def test_a_check_counts_before_anything_is_sent() -> None:
    world = World(subscription=TYPE, required=("code",))
    no = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="test")
    world.contacts.set_subscription("gone@example.net", TYPE, no)
    rows = [f"p{number}@example.net,{number},x" for number in range(20)]
    file = world.a_file(
        "\n".join(
            ["email,code,colour", *rows, "gone@example.net,1,,", "nobody,1,", "q@example.net,,", "r@example.net,1,,x"]
        )
    )
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


def test_pages_of_a_large_audience_are_all_sent() -> None:
    world = World()
    broadcast = world.send(lists=(world.a_list(*MANY),))
    world.run()
    assert world.mailed() == sorted(MANY)
    assert world.editor.get(broadcast.id).pages == 3
    assert world.outcomes(broadcast.id) == {SENT: 2500}


def test_a_slow_worker_continues_in_another_job() -> None:
    world = World()
    broadcast = world.send(lists=(world.a_list(*MANY[:300]),))
    while world.queue.waiting:
        world.step(seconds=0.0001)  # each job sees its time over
        world.clock.now += 1
        if len(world.mailer.taken) == 0 and len(world.queue.waiting) > 50:
            break
    world.run()
    assert world.mailed() == sorted(MANY[:300])
    assert world.editor.get(broadcast.id).state is BroadcastState.DONE


def test_a_pause_stops_mail_and_a_resumption_sends_the_rest() -> None:
    world = World()
    broadcast = world.send(lists=(world.a_list(*MANY),))
    while len(world.mailer.taken) < 1000:
        world.step()
    world.editor.pause(broadcast.id, "a typo", ADA)
    world.run()
    before = len(world.mailer.taken)
    assert before < 2500
    assert world.editor.get(broadcast.id).state is BroadcastState.PAUSED
    assert world.queue.dead_letters == []
    world.editor.resume(broadcast.id, ADA)
    world.run()
    assert world.mailed() == sorted(MANY)
    assert world.editor.get(broadcast.id).state is BroadcastState.DONE


def test_a_cancellation_counts_the_rest_as_canceled() -> None:
    world = World()
    broadcast = world.send(lists=(world.a_list(*MANY),))
    while len(world.mailer.taken) < 1000:
        world.step()
    world.editor.cancel(broadcast.id, ADA)
    world.run()
    sent = len(world.mailer.taken)
    assert world.outcomes(broadcast.id) == {SENT: sent, CANCELED: 2500 - sent}
    with pytest.raises(Conflict, match="nothing changes it"):
        world.editor.resume(broadcast.id, ADA)


def test_a_paused_email_leaves_one_dead_letter_for_each_page() -> None:
    world = World(subscription=TYPE)
    broadcast = world.send(lists=(world.a_list(*MANY),))
    world.step()
    world.step()  # its pages are in the queue
    world.page.pauses._cached[0] = (NOON + 9999, _a_pause())
    world.run()
    assert world.mailed() == []
    assert len(world.queue.dead_letters) == 3
    world.page.pauses._cached.clear()
    for job, _ in world.queue.dead_letters:
        assert isinstance(job, PageJob)
        world.queue.enqueue(job)
    world.run()
    assert world.outcomes(broadcast.id) == {SENT: 2500}


def _a_pause() -> Pause:
    return Pause(at=NOON_TEXT, by="ada", reason="stop")


def test_a_scheduled_broadcast_begins_at_its_time() -> None:
    world = World()
    at = timestamps.iso(NOON + 5000)
    broadcast = world.send(lists=(world.a_list("a@example.net"),), send_at=at)
    assert broadcast.state is BroadcastState.SCHEDULED
    assert world.enqueue_due() == 0
    world.clock.now = NOON + 4500
    assert world.enqueue_due() == 1
    world.run()
    assert world.clock() >= NOON + 5000
    assert world.mailed() == ["a@example.net"]


def test_an_erased_person_of_a_scheduled_broadcast_gets_no_mail() -> None:
    """Their address is in the file and in the request since before. What is stored of the refusal has no address."""
    world = World()
    file = world.a_file("email\nb@example.net\nc@example.net\nd@example.net\n")
    broadcast = world.send(contacts=("a@example.net",), file=file, send_at=timestamps.iso(NOON + 5000))
    world.clock.now += 60
    for erased in ("a@example.net", "b@example.net", "d@example.net"):
        world.contacts.erase(erased, timestamps.iso(world.clock()))
    world.contacts.upsert("d@example.net", {}, timestamps.iso(NOON + 4000))  # a new customer
    world.clock.now = NOON + 4500
    world.enqueue_due()
    world.run()
    assert world.mailed() == ["c@example.net", "d@example.net"]
    assert world.outcomes(broadcast.id) == {SENT: 2, REFUSED: 2}
    assert not {"a@example.net", "b@example.net"} & {message.address for message in world.sends.stored.values()}


def test_a_new_time_replaces_the_first() -> None:
    world = World()
    broadcast = world.send(lists=(world.a_list("a@example.net"),), send_at=timestamps.iso(NOON + 5000))
    world.editor.start(broadcast.id, ADA, timestamps.iso(NOON + 9000))
    world.clock.now = NOON + 6000
    world.enqueue_due()
    world.run()
    assert world.mailed() == []
    world.clock.now = NOON + 9000
    world.enqueue_due()
    world.run()
    assert world.mailed() == ["a@example.net"]


def changed(world: World, broadcast: Broadcast, version: int | None = None, **choice: Any) -> Broadcast:
    return world.editor.change(broadcast.id, replace(request_of(broadcast), **choice), ADA, version)


def test_a_scheduled_broadcast_has_another_time_and_audience() -> None:
    world = World()
    broadcast = world.send(contacts=("a@example.net",), send_at=timestamps.iso(NOON + 5000))
    later = changed(
        world, broadcast, name="New terms", contacts=("B@example.net",), send_at=timestamps.iso(NOON + 9000)
    )
    assert (later.state, later.name, later.audience.contacts) == (
        BroadcastState.SCHEDULED,
        "New terms",
        ("b@example.net",),
    )
    for now, mailed in ((6000, []), (9000, ["b@example.net"])):
        world.clock.now = NOON + now
        world.enqueue_due()
        world.run()
        assert world.mailed() == mailed


def test_a_draft_may_lose_its_time() -> None:
    world = World()
    broadcast = world.create(contacts=("a@example.net",), send_at=timestamps.iso(NOON + 5000))
    assert changed(world, broadcast, send_at=None).send_at is None
    assert world.broadcasts.moments == set()


@pytest.mark.parametrize("local_time", [False, True])
def test_a_time_that_passed_prevents_no_other_change(local_time: bool) -> None:
    world = World()
    at = timestamps.iso(NOON + 90_000)
    broadcast = world.create(contacts=("a@example.net",), send_at=at, local_time=local_time)
    world.clock.now = NOON + 100_000
    assert changed(world, broadcast, name="Later").name == "Later"
    for choice in ({"send_at": timestamps.iso(NOON + 95_000)}, {"local_time": not local_time}):
        with pytest.raises(Rejected, match="sendAt: is in the past"):
            changed(world, broadcast, **choice)
    with pytest.raises(Rejected, match="sendAt: is in the past"):
        world.editor.start(broadcast.id, ADA)


def test_an_expired_file_prevents_no_other_change() -> None:
    world = World()
    broadcast = world.create(file=world.a_file("email\na@example.net"))
    world.uploads.files.clear()
    assert changed(world, broadcast, name="Later", custom={"a": 1}).name == "Later"
    with pytest.raises(Rejected, match="is not stored, or no longer"):
        changed(world, broadcast, contacts=("b@example.net",))
    with pytest.raises(Rejected, match="is not stored, or no longer"):
        world.editor.start(broadcast.id, ADA)


def test_a_scheduled_broadcast_needs_its_file() -> None:
    world = World()
    broadcast = world.send(file=world.a_file("email\na@example.net"), send_at=timestamps.iso(NOON + 5000))
    world.uploads.files.clear()
    with pytest.raises(Rejected, match="is not stored, or no longer"):
        changed(world, broadcast, name="Later")


def test_a_late_broadcast_keeps_its_time_when_it_changes() -> None:
    """Its moment has passed, and its release has not come yet."""
    world = World()
    broadcast = world.send(contacts=("a@example.net",), send_at=timestamps.iso(NOON + 5000))
    world.clock.now = NOON + 5100
    assert changed(world, broadcast, name="Still").state is BroadcastState.SCHEDULED
    world.enqueue_due()
    world.run()
    assert world.mailed() == ["a@example.net"]


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
    world = World()
    broadcast = world.send(contacts=("a@example.net",), send_at=timestamps.iso(NOON + 5000))
    with pytest.raises(Rejected) as rejected:
        changed(world, broadcast, **choice)
    assert [error.field for error in rejected.value.errors] == [field]
    assert world.editor.get(broadcast.id) == broadcast


def test_a_broadcast_that_began_or_ended_does_not_change() -> None:
    world = World()
    begun, ended = world.send(contacts=("a@example.net",)), world.create(contacts=("a@example.net",))
    world.editor.cancel(ended.id, ADA)
    for broadcast, reason in ((begun, "PREPARING cannot change.*pause, cancel"), (ended, "CANCELED cannot change")):
        with pytest.raises(Conflict, match=reason):
            changed(world, broadcast, name="Too late")


def test_a_change_of_an_earlier_version_overwrites_nothing() -> None:
    world = World()
    broadcast = world.create(contacts=("a@example.net",))
    changed(world, broadcast, broadcast.version, name="Theirs")
    with pytest.raises(Conflict, match="changed since you read it"):
        changed(world, broadcast, broadcast.version, name="Mine")
    assert world.editor.get(broadcast.id).name == "Theirs"


def test_the_check_of_an_earlier_audience_does_not_count() -> None:
    """Its numbers and previews were of other people. A worker may have died since the change, or begun the check before it."""
    world = World()
    broadcast = world.create(contacts=("a@example.net",))
    world.check.request(world.editor.get(broadcast.id))
    world.run()
    assert world.check.get(world.editor.get(broadcast.id)).recipients == 1
    changed(world, broadcast, contacts=("b@example.net", "c@example.net"))
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
        changed(world, broadcast, contacts=("b@example.net", "c@example.net"))
        if is_requested_again:
            world.check.request(world.editor.get(broadcast.id))

    meanwhile.act = act
    world.run()
    check = world.check.latest(world.editor.get(broadcast.id))
    assert (check and (check.done, check.recipients)) == ((True, 2) if is_requested_again else None)


@pytest.mark.parametrize("send_at", [None, timestamps.iso(NOON + 5000)])
def test_only_what_an_actor_read_begins(send_at: str | None) -> None:
    """Another actor chose another audience, before the start or during it."""
    meanwhile = Meanwhile("emails.get")
    world = World(guard=meanwhile)
    broadcast = world.create(contacts=("a@example.net",), send_at=send_at)
    meanwhile.act = lambda: changed(world, broadcast, contacts=("b@example.net",))
    for version in (None, broadcast.version):
        with pytest.raises(Conflict, match="changed since you read it"):
            world.editor.start(broadcast.id, ADA, version=version)
    assert world.editor.get(broadcast.id).state is BroadcastState.DRAFT
    assert world.editor.start(broadcast.id, ADA).audience.contacts == ("b@example.net",)


def test_a_time_that_changes_while_it_begins_is_kept() -> None:
    meanwhile = Meanwhile("emails.get")
    world = World(guard=meanwhile)
    broadcast = world.send(contacts=("a@example.net",), send_at=timestamps.iso(NOON + 5000))
    world.clock.now = NOON + 4500
    world.enqueue_due()
    meanwhile.act = lambda: changed(world, broadcast, send_at=timestamps.iso(NOON + 9000))
    world.run()
    assert (world.editor.get(broadcast.id).state, world.mailed()) == (BroadcastState.SCHEDULED, [])
    world.clock.now = NOON + 9000
    world.enqueue_due()
    world.run()
    assert world.mailed() == ["a@example.net"]


def test_a_change_that_comes_while_it_begins_is_refused() -> None:
    meanwhile = Meanwhile("emails.get")
    world = World(guard=meanwhile)
    due = timestamps.iso(NOON + 5000)
    broadcast = world.send(contacts=("a@example.net",), send_at=due)
    meanwhile.act = lambda: world.release(ReleaseJob(broadcast.id, due))
    with pytest.raises(Conflict, match="PREPARING cannot change"):
        changed(world, broadcast, contacts=("b@example.net",))
    world.run()
    assert world.mailed() == ["a@example.net"]


def test_each_time_zone_has_its_turn() -> None:
    world = World()
    list_id = world.a_list("rome@example.net", "new@example.net", "unknown@example.net")
    for email, zone in (("rome@example.net", "europe_slash_rome"), ("new@example.net", "america_slash_new_york")):
        values = {"hs_timezone": zone}
        world.contacts.edit(email, NOON_TEXT, functools.partial(Contact.with_values, values=values, at=NOON_TEXT))
    world.send(lists=(list_id,), send_at="2026-11-24T15:00:00.000Z", local_time=True, time_zone="Asia/Tokyo")
    got: list[tuple[str, str]] = []
    while len(got) < 3:
        world.clock.now += 300
        world.enqueue_due()
        before = world.mailed()
        world.run()
        got += [(email, timestamps.iso(world.clock())[:13]) for email in set(world.mailed()) - set(before)]
    assert dict(got) == {
        "unknown@example.net": "2026-11-24T06",
        "rome@example.net": "2026-11-24T14",
        "new@example.net": "2026-11-24T20",
    }


def test_what_ses_refuses_for_now_is_sent_again() -> None:
    world = World(mailer=MemoryMailer([Retry("SES is down"), Throttled("slow", after_seconds=1)]))
    broadcast = world.send(lists=(world.a_list(*MANY[:20]),))
    world.run()
    assert world.mailed() == sorted(MANY[:20])
    assert world.outcomes(broadcast.id) == {SENT: 20}


def test_a_throttled_message_of_a_resumed_page_is_sent() -> None:
    """The page reads first what it did. A throttle is no failure, however often SES throttled the message."""
    world = World(mailer=MemoryMailer([None, *[Throttled("slow")] * (ATTEMPTS + 2)]))
    broadcast = world.send(lists=(world.a_list("a@example.net", "b@example.net"),))
    while len(world.mailer.answers) > 1:
        world.step()
    world.editor.pause(broadcast.id, "by hand", ADA)
    world.run()
    world.editor.resume(broadcast.id, ADA)
    world.run()
    assert world.outcomes(broadcast.id) == {SENT: 2}


def test_a_throttled_message_of_an_unknown_outcome_is_attempted_again() -> None:
    """A throttle costs the message no attempt, so the lost answer is its first failure."""
    throttled = [Throttled("slow")] * (FAILED_ATTEMPTS_MAX + 1)
    world = World(mailer=MemoryMailer([*throttled, OutcomeUnknown("the answer was lost")]))
    broadcast = world.send(lists=(world.a_list("a@example.net"),))
    world.run()
    assert world.outcomes(broadcast.id) == {SENT: 1}
    message = world.message("a@example.net")
    assert message.attempts == len(throttled) + 2
    assert [one.number for one in message.failed_attempts] == list(range(1, FAILED_ATTEMPTS_MAX + 1))


def test_unknown_outcomes_are_attempts() -> None:
    world = World(mailer=MemoryMailer([OutcomeUnknown("the answer was lost")] * 1000))
    broadcast = world.send(lists=(world.a_list("a@example.net"),))
    world.run()
    assert world.outcomes(broadcast.id) == {FAILED: 1}
    assert world.message("a@example.net").attempts == ATTEMPTS


def test_a_redriven_recipient_has_all_attempts_again() -> None:
    world = World(mailer=MemoryMailer([Retry("SES is down")] * ATTEMPTS))
    broadcast = world.send(lists=(world.a_list("a@example.net"),))
    world.run()
    assert world.outcomes(broadcast.id) == {FAILED: 1}
    world.clock.now += LEASE + GRACE
    world.mailer.answers = [OutcomeUnknown("the answer was lost")] * (ATTEMPTS - 1)
    world.queue.enqueue(world.queue.dead_letters[0][0])
    world.run()
    assert world.mailed() == ["a@example.net"]
    assert world.outcomes(broadcast.id) == {SENT: 1}


def test_a_page_redriven_at_once_waits_for_late_events() -> None:
    """An event of SES may still come, so the mail goes out a grace period later."""
    world = World(mailer=MemoryMailer([Retry("SES is down")] * ATTEMPTS))
    broadcast = world.send(lists=(world.a_list("a@example.net"),))
    world.run()
    assert world.outcomes(broadcast.id) == {FAILED: 1}
    lease_until = world.message("a@example.net").lease_until
    world.queue.enqueue(world.queue.dead_letters[0][0])
    world.run()
    assert world.mailed() == ["a@example.net"]
    assert world.clock() >= lease_until + GRACE


def test_a_page_that_waits_for_late_events_still_gives_up() -> None:
    """Another recipient of the page has no attempt left: its dead letter is not lost."""
    world = World(mailer=MemoryMailer([Retry("SES is down")] * (2 * ATTEMPTS)))
    world.send(lists=(world.a_list("a@example.net", "b@example.net"),))
    world.run()
    ((letter, _),) = world.queue.dead_letters
    assert isinstance(letter, PageJob)
    failed, exhausted = letter.only
    key = next(key for key, one in world.sends.stored.items() if one.broadcast.endswith(f"#{exhausted}"))
    world.sends.stored[key] = replace(world.sends.stored[key], state=State.QUEUED)
    world.queue.enqueue(replace(letter, only=(failed,)))
    world.step()
    _, (hopeless, reason) = world.queue.dead_letters
    assert isinstance(hopeless, PageJob)
    assert (hopeless.only, reason) == ((exhausted,), f"given up after {ATTEMPTS} attempts: 1 of the page's recipients")
    assert [job for job, _ in world.queue.waiting] == [replace(letter, only=(failed,))]


def test_a_redriven_page_waits_while_its_broadcast_is_paused() -> None:
    world = World(mailer=MemoryMailer([Retry("SES is down")] * ATTEMPTS))
    broadcast = world.send(lists=(world.a_list("a@example.net"),))
    world.run()
    world.clock.now += LEASE + GRACE
    _set_state(world, broadcast.id, BroadcastState.PAUSED)  # another page of it is not done
    world.queue.enqueue(world.queue.dead_letters[0][0])
    for _ in range(3):
        world.step()
    assert world.mailed() == []
    _set_state(world, broadcast.id, BroadcastState.SENDING)
    world.run()
    assert world.mailed() == ["a@example.net"]


def _set_state(world: World, broadcast_id: str, state: BroadcastState) -> None:
    world.broadcasts.edit(broadcast_id, lambda one: replace(one, state=state))


def test_a_redriven_page_sends_to_all_however_slow_ses_is() -> None:
    """The broadcast is done by then, so only the redriven page can send the rest."""
    count = 2 * CHUNK + 1
    world = World(mailer=MemoryMailer([Retry("SES is down")] * (count * ATTEMPTS)))
    broadcast = world.send(lists=(world.a_list(*MANY[:count]),))
    world.run()
    assert world.outcomes(broadcast.id) == {FAILED: count}
    world.clock.now += LEASE + GRACE
    world.mailer.answers = [None] * (CHUNK + 2) + [Retry("SES is down"), Throttled("slow")]
    world.queue.enqueue(world.queue.dead_letters[0][0])
    world.run()
    assert world.mailed() == sorted(MANY[:count])


def test_a_page_that_always_fails_is_one_dead_letter() -> None:
    world = World(mailer=MemoryMailer([Retry("SES is down")] * 1000))
    broadcast = world.send(lists=(world.a_list(*MANY[:20]),))
    world.run()
    assert world.outcomes(broadcast.id) == {FAILED: 20}
    assert len(world.queue.dead_letters) == 1
    world.clock.now += 5000
    world.mailer.answers.clear()
    world.queue.enqueue(world.queue.dead_letters[0][0])
    world.run()
    assert world.mailed() == sorted(MANY[:20])


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"lists": (9,)}, "to.contactIlsLists.include[0]"),
        ({"email_id": 8, "lists": ()}, "emailId"),
        ({"send_at": timestamps.iso(NOON - 60)}, "sendAt"),
        ({"send_at": timestamps.iso(NOON + 3600), "local_time": True}, "sendAt"),
        ({"local_time": True}, "sendAt"),
        ({"time_zone": "Mars/Base"}, "timeZone"),
        ({"contacts": ("77",)}, "to.contactIds.include[0]"),
        ({"contacts": ("a@example.net", "foo@@bar")}, "to.contactIds.include[1]"),
        ({"contacts": ("a@example.net,b@example.net",)}, "to.contactIds.include[0]"),
        ({"exclude_contacts": ("a b@example.net",)}, "to.contactIds.exclude[0]"),
        ({"file": "nothing"}, "to.file"),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(chosen: dict[str, object], field: str) -> None:
    with pytest.raises(Rejected) as caught:
        World().create(**chosen)
    assert [error.field for error in caught.value.errors] == [field]


def test_a_file_with_two_columns_of_one_name_is_refused() -> None:
    """The second one would replace the first one's value, also by none."""
    world = World()
    with pytest.raises(Rejected, match="more than one column order"):
        world.create(file=world.a_file("email,order,order\na@example.net,41,\n"))


def test_a_deleted_list_is_named() -> None:
    world = World()
    list_id = world.a_list("a@example.net")
    broadcast = world.create(lists=(list_id,))
    world.lists.edit(list_id, _deleted)
    with pytest.raises(Rejected, match="was deleted"):
        world.editor.start(broadcast.id, ADA)


def _deleted(one: ContactList) -> ContactList:
    return replace(one, deleted_at=NOON_TEXT)


def test_a_broadcast_without_recipients_is_refused() -> None:
    world = World()
    with pytest.raises(Rejected, match="names no recipient"):
        world.editor.start(world.create().id, ADA)


def test_an_empty_list_is_done_at_once() -> None:
    world = World()
    broadcast = world.send(lists=(world.a_list(),))
    world.run()
    assert world.editor.get(broadcast.id).state is BroadcastState.DONE


def test_a_mail_without_an_event_is_sent_again() -> None:
    world = World()
    world.events_arrive = False
    broadcast = world.send(lists=(world.a_list("a@example.net"),))
    for _ in range(30):
        world.step()
        if len(world.mailer.taken) == 2:
            break
    assert world.clock() > NOON + 900
    world.confirm()
    world.run()
    assert world.outcomes(broadcast.id) == {SENT: 1}
