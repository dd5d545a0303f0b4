"""Erase: one person is forgotten, and the counters do not notice. Whatever it dies of, it is finished by being done again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core import ids, timestamps
from functions.core.access.audit import AuditAction
from functions.core.contacts.contact import EVERYTHING, Decision, SubscriptionStatus
from functions.core.errors import Retry
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import ERASED, MessageKey, RecipientRole, State
from functions.core.statistics import counters
from functions.ports.contacts import ErasureRequest
from functions.ports.events import RawEvent
from functions.steps.access.audit import AuditLog
from functions.steps.contacts.erase import MESSAGE_BATCH, EraseContact
from tests.fakes import Clock, Killed, Life
from tests.fakes.access import MemoryAudit
from tests.fakes.contacts import MemoryContacts, MemoryErasureRequests
from tests.fakes.events import MemoryEventArchive
from tests.fakes.sending import MemoryMessageIndex, MemoryQueue, MemorySends
from tests.support.examples import NOON, NOON_TEXT, a_message, a_send

ADA, BOB = "ada@example.net", "bob@example.net"
EARLIER, LATER = "2026-11-23T11:00:00.000Z", "2026-11-23T13:00:00.000Z"
OPENED = TimelineEvent(
    type=TimelineEventType.OPENED,
    at=EARLIER,
    dedup_key="192.0.2.9",
    details={"ip": "192.0.2.9", "agent": "Thunderbird"},
)
_numbers = count()


@dataclass
class World:
    clock: Clock = field(default_factory=Clock)
    sends: MemorySends = field(default_factory=MemorySends)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    contacts: MemoryContacts = field(default_factory=MemoryContacts)
    archive: MemoryEventArchive = field(default_factory=MemoryEventArchive)
    orders: MemoryErasureRequests = field(default_factory=MemoryErasureRequests)
    audit: MemoryAudit = field(default_factory=MemoryAudit)

    def erasure(self, life: Life | None = None) -> EraseContact:
        guard: Any = life.guard if life else lambda port: port
        return EraseContact(
            requests=guard(self.orders),
            messages=guard(MemoryMessageIndex(self.sends)),
            sends=guard(self.sends),
            payloads=guard(self.queue),
            contacts=guard(self.contacts),
            archive=guard(self.archive),
            audit_log=AuditLog(guard(self.audit), self.clock, lambda: str(next(_numbers))),
            clock=self.clock,
        )

    def put(self, send_id: str, recipient: int = 0, **changed: Any) -> MessageKey:
        given = {"address": ADA, "accepted_at": EARLIER, "state": State.SENT, **changed}
        message = a_message(send_id, recipient, **given)
        self.sends.create([message])
        return message.key

    def counted(self) -> Any:
        return sum((counters.of(message) for message in self.sends.stored.values()), counters.of(None))

    def told(self) -> str:
        """All that is stored, as text, the orders and the audit log too."""
        return str((self.sends, self.contacts, self.archive, self.orders, self.audit, self.queue)).lower()


def event(send_id: str, address: str) -> RawEvent:
    tags = {"staffetta_send": [send_id], "staffetta_recipient": ["0"]}
    mail = {"timestamp": EARLIER, "messageId": "1", "destination": [address], "tags": tags}
    opened = {"timestamp": EARLIER, "ipAddress": "192.0.2.9" if address != BOB else "198.51.100.1"}
    return RawEvent(json.dumps({"eventType": "Open", "mail": mail, "open": opened}), EARLIER)


@pytest.fixture
def world() -> World:
    """Ada has a contact and three mails, Bob one of his own and one that Ada has a copy of; one is for later."""
    made = World()
    made.put("s-1", timeline={OPENED.key: OPENED.to_item()}, attempts=1, unsubscribe_id="u")
    made.put("s-2", state=State.REFUSED, result=SendResult.PREVIOUSLY_BOUNCED, reason=f"{ADA} bounced")
    made.put("s-3", address=BOB, role=RecipientRole.TO)
    made.put("s-3", 1, role=RecipientRole.CC)
    made.put("s-4", address=BOB)
    made.put("s-5", state=State.SCHEDULED, due_at=LATER)
    made.queue.save_scheduled(a_send(id="s-5"))
    made.contacts.upsert(ADA, {"firstname": "Adelaide"}, EARLIER)
    made.contacts.upsert(BOB, {}, EARLIER)
    made.archive.append([event("s-1", ADA), event("s-4", BOB)])
    made.archive.append([event("s-2", "Ada@Example.net")])
    return made


def test_nothing_of_the_person_is_left_and_the_counters_stay(world: World) -> None:
    world.sends.settle(MessageKey("s-5", 0), Transition.CANCEL, now=NOON)
    before = world.counted()
    erasure = world.erasure()
    erasure.request("Ada@example.net", "it@acme.example")
    (done,) = erasure(NOON + 60)
    assert world.counted() == before
    for told in (ADA, "adelaide", "192.0.2.9", "thunderbird"):
        assert told not in world.told().replace("it@acme.example", "")
    assert (done.messages, done.events, done.canceled) == (4, 2, 0)
    assert list(world.archive.between("2026-11-23T00", "2026-11-23T23")) == [json.loads(event("s-4", BOB).text)]
    assert MemoryMessageIndex(world.sends).by_recipient(ADA, LATER, 9) == []


def test_others_lose_nothing(world: World) -> None:
    bobs = [world.sends.stored[MessageKey(send_id, 0)] for send_id in ("s-3", "s-4")]
    erase(world)
    assert [world.sends.stored[one.key] for one in bobs] == bobs
    assert world.contacts.get(BOB)


def test_a_send_for_later_is_canceled_and_what_is_kept_of_it_goes(world: World) -> None:
    erase(world)
    message = world.sends.stored[MessageKey("s-5", 0)]
    assert (message.state, message.address) == (State.CANCELED, ERASED)
    assert world.queue.saved == {}


def test_a_send_to_several_goes_to_nobody_without_its_to_and_to_the_others_without_a_copy(world: World) -> None:
    world.put("to", state=State.QUEUED)
    world.put("to", 1, state=State.QUEUED, address=BOB)
    world.put("cc", state=State.QUEUED, address=BOB)
    world.put("cc", 1, state=State.QUEUED)
    erase(world)
    states = [world.sends.stored[MessageKey(send_id, number)].state for send_id in ("to", "cc") for number in (0, 1)]
    assert states == [State.CANCELED, State.CANCELED, State.QUEUED, State.CANCELED]


def test_a_send_id_is_still_sent_once(world: World) -> None:
    erase(world)
    assert not world.sends.create([a_message("s-1")])


def test_an_erased_message_takes_no_more_facts(world: World) -> None:
    erase(world)
    erased = world.sends.stored[MessageKey("s-1", 0)]
    assert world.sends.record(erased.key, OPENED) == erased


def test_a_wish_not_to_be_mailed_outlives_the_erasure(world: World) -> None:
    no = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=EARLIER, source="it@acme.example")
    world.contacts.set_subscription(ADA, EVERYTHING, no)
    erase(world)
    known = world.contacts.get(ADA)
    assert known
    assert known.unsubscribed(EVERYTHING)
    assert known.values == {}
    assert ADA not in str(world.contacts)


def test_a_copy_that_was_still_in_the_queue_makes_no_contact(world: World) -> None:
    erase(world)
    world.contacts.upsert(ADA, {"firstname": "Adelaide"}, EARLIER)
    assert world.contacts.stored.keys() == {BOB}
    world.contacts.upsert(ADA, {"firstname": "Adelaide"}, LATER)
    assert world.contacts.stored.keys() == {ADA, BOB}, "who comes back is a customer again"


def test_a_message_that_a_worker_has_is_waited_for(world: World) -> None:
    key = world.put("now", state=State.SENDING, attempts=1)
    erasure = world.erasure()
    erasure.request(ADA, "it@acme.example")
    assert erasure(NOON + 60) == []
    assert world.contacts.get(ADA)
    assert world.contacts.stored[ADA].values, "the queue's copy would bring it back"
    world.sends.settle(key, Transition.SEND, now=NOON)
    assert len(erasure(NOON + 60)) == 1
    assert ADA not in world.told()


def test_what_comes_after_the_asking_stays(world: World) -> None:
    erasure = world.erasure()
    erasure.request(ADA, "it@acme.example")
    key = world.put("new", accepted_at=LATER)
    assert len(erasure(NOON + 60)) == 1
    assert world.sends.stored[key].address == ADA


def test_many_messages_and_a_long_archive_are_done_part_by_part(world: World) -> None:
    for number in range(3 * MESSAGE_BATCH):
        world.put(f"many-{number}")
        world.archive.append([event(f"many-{number}", ADA)])
    erasure = world.erasure()
    erasure.request(ADA, "it@acme.example")
    slow = replace(erasure, clock=Slow(world.clock))
    parts = 1
    while not slow(world.clock.now + 5):
        parts += 1
        assert parts < 100
    assert parts > 10
    assert ADA not in world.told()


@dataclass
class Slow:
    """Every look at it takes a second."""

    clock: Clock

    def __call__(self) -> float:
        self.clock.now += 1
        return self.clock.now


def test_who_comes_back_while_the_archive_is_looked_through_stays(world: World) -> None:
    erasure = world.erasure()
    erasure.request(ADA, "it@acme.example")
    slow = replace(erasure, clock=Slow(world.clock))
    while not world.orders.stored[ADA].scanned:
        slow(world.clock.now + 4)
    world.contacts.upsert(ADA, {"firstname": "Ada"}, LATER)
    assert erasure(world.clock.now + 60)
    assert world.contacts.stored[ADA].values == {"firstname": "Ada"}


def test_whatever_it_dies_of_it_is_finished_by_being_done_again(world: World) -> None:
    calls, deaths = 0, 0
    erasure = world.erasure()
    erasure.request(ADA, "it@acme.example")
    while world.orders.stored:
        for after in (False, True):
            try:
                world.erasure(Life(calls, after=after))(NOON + 60)
            except Killed:
                deaths += 1
        calls += 1
    assert deaths > 5
    assert ADA not in world.told()
    assert [world.sends.stored[MessageKey("s-3", 1)].address, len(world.sends.stored)] == [ERASED, 6]


def test_the_log_tells_who_and_how_much_but_not_whom(world: World) -> None:
    erasure = world.erasure()
    erasure.request(ADA, "it@acme.example", key_id="k")
    erasure.request(ADA, "it@acme.example", key_id="k")
    world.clock.now += 1
    erasure(NOON + 60)
    done, again, asked = world.audit.latest(9)
    assert [one.action for one in (asked, again, done)] == [*2 * [AuditAction.ERASURE_ASKED], AuditAction.ERASED]
    assert {one.subject for one in (asked, done)} == {ids.address_hash(ADA)}
    assert (done.by, done.key_id, done.detail["messages"], done.detail["events"]) == ("it@acme.example", "k", 4, 2)
    assert done.detail["asked_at"] == NOON_TEXT


def test_it_may_be_asked_of_somebody_unknown(world: World) -> None:
    world.orders.add(ErasureRequest(address="eve@example.net", asked_at=timestamps.iso(NOON), by="it@acme.example"))
    (done,) = world.erasure()(NOON + 60)
    assert (done.messages, done.events) == (0, 0)


def test_a_contact_that_others_change_without_end_is_left_for_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(email: str, at: str) -> None:
        raise Retry("busy")

    erasure = world.erasure()
    erasure.request(ADA, "it@acme.example")
    with monkeypatch.context() as patch:
        patch.setattr(world.contacts, "erase", busy)
        with pytest.raises(Retry):
            erasure(NOON + 60)
    assert len(erasure(NOON + 60)) == 1


def erase(world: World) -> None:
    erasure = world.erasure()
    erasure.request(ADA, "it@acme.example")
    assert erasure(NOON + 60)
