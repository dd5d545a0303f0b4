"""Erases one person, and changes no counter. After a crash at any call, a repeat finishes the erasure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count, pairwise
from operator import methodcaller
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core import ids, timestamps
from functions.core.access.actor import Actor, unrestricted
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import SCOPES
from functions.core.automations.run import Run, current_part
from functions.core.broadcasts.broadcast import Audience, Broadcast, Recipient, place
from functions.core.broadcasts.check import AudienceProblem, BroadcastCheck, ProblemKind
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.contacts.contact import EVERYTHING, Decision, SubscriptionStatus
from functions.core.errors import NotFound, Retry
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending import sent_content
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import AUTOMATION, ERASED, MessageKey, RecipientRole, State
from functions.core.statistics import counters
from functions.ports.contacts import ArchiveScan, ErasureRequest
from functions.ports.events import RawEvent
from functions.steps.access.audit import AuditLog
from functions.steps.contacts.erase import MESSAGE_BATCH, EraseContact
from tests.fakes import Clock, Killed, Life
from tests.fakes.access import MemoryAudit
from tests.fakes.automations import MemoryRuns
from tests.fakes.broadcasts import MemoryBroadcasts
from tests.fakes.contacts import MemoryContactLists, MemoryContacts, MemoryErasureRequests
from tests.fakes.events import MemoryEventArchive
from tests.fakes.sending import MemoryMessageIndex, MemoryQueue, MemorySends, MemorySentContents
from tests.support.examples import NOON, NOON_TEXT, a_contact_list, a_message, a_send

ADA, BOB = "ada@example.net", "bob@example.net"
EARLIER, LATER = "2026-11-23T11:00:00.000Z", "2026-11-23T13:00:00.000Z"
OPENED = TimelineEvent(
    type=TimelineEventType.OPENED,
    at=EARLIER,
    dedup_key="192.0.2.9",
    details={"ip": "192.0.2.9", "agent": "Thunderbird"},
)
A_CHECK = BroadcastCheck(
    number="1",
    started_at=EARLIER,
    problems=(AudienceProblem(ProblemKind.REFUSED, "bounced", 2, "Ada@Example.net"),),
    first=(Recipient(ADA, 1, {"name": "Adelaide"}), Recipient(BOB, 3)),
)
LEASE_SECONDS = 90
_numbers = count()


@dataclass
class EraseScenario:
    clock: Clock = field(default_factory=Clock)
    sends: MemorySends = field(default_factory=MemorySends)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    contents: MemorySentContents = field(default_factory=MemorySentContents)
    contacts: MemoryContacts = field(default_factory=MemoryContacts)
    lists: MemoryContactLists = field(default_factory=MemoryContactLists)
    runs: MemoryRuns = field(default_factory=MemoryRuns)
    broadcasts: MemoryBroadcasts = field(default_factory=MemoryBroadcasts)
    archive: MemoryEventArchive = field(default_factory=MemoryEventArchive)
    requests: MemoryErasureRequests = field(default_factory=MemoryErasureRequests)
    audit: MemoryAudit = field(default_factory=MemoryAudit)

    def erasure(self, life: Life | None = None) -> EraseContact:
        guard: Any = life.guard if life else lambda port: port
        return EraseContact(
            requests=guard(self.requests),
            messages=guard(MemoryMessageIndex(self.sends)),
            sends=guard(self.sends),
            payloads=guard(self.queue),
            contents=guard(self.contents),
            contacts=guard(self.contacts),
            runs=guard(self.runs),
            members=guard(self.lists),
            broadcasts=guard(self.broadcasts),
            archive=guard(self.archive),
            audit_log=AuditLog(guard(self.audit), self.clock, lambda: str(next(_numbers))),
            clock=self.clock,
            lease_seconds=LEASE_SECONDS,
        )

    def put(self, send_id: str, recipient: int = 0, **changed: Any) -> MessageKey:
        fields = {"address": ADA, "accepted_at": EARLIER, "state": State.SENT, **changed}
        message = a_message(send_id, recipient, **fields)
        self.sends.create([message])
        return message.key

    def counted(self) -> Any:
        return sum((counters.of(message) for message in self.sends.stored.values()), counters.of(None))

    def stored_text(self) -> str:
        """All that is stored, as text, the orders and the audit log too."""
        return str(
            (
                self.sends,
                self.contacts,
                self.lists,
                self.runs,
                self.broadcasts,
                self.archive,
                self.requests,
                self.audit,
                self.queue,
                self.contents,
            )
        ).lower()


def event(send_id: str, address: str) -> RawEvent:
    tags = {"staffetta_send": [send_id], "staffetta_recipient": ["0"]}
    mail = {"timestamp": EARLIER, "messageId": "1", "destination": [address], "tags": tags}
    opened = {"timestamp": EARLIER, "ipAddress": "192.0.2.9" if address != BOB else "198.51.100.1"}
    return RawEvent(json.dumps({"eventType": "Open", "mail": mail, "open": opened}), EARLIER)


def a_broadcast(state: BroadcastState, audience: Audience) -> Broadcast:
    return Broadcast(
        id=str(state), name="News", email_id=7, audience=audience, created_at=EARLIER, created_by="", state=state
    )


@pytest.fixture
def scenario() -> EraseScenario:
    """Ada has a contact and three mails, Bob one of his own and one that Ada has a copy of; one is for later."""
    scenario = EraseScenario()
    scenario.put("s-1", timeline={OPENED.key: OPENED.to_item()}, attempts=1, unsubscribe_id="u")
    scenario.put("s-2", state=State.REFUSED, result=SendResult.PREVIOUSLY_BOUNCED, reason=f"{ADA} bounced")
    scenario.put("s-3", address=BOB, role=RecipientRole.TO)
    scenario.put("s-3", 1, role=RecipientRole.CC)
    scenario.put("s-4", address=BOB)
    scenario.put("s-5", state=State.SCHEDULED, due_at=LATER)
    scenario.queue.save_scheduled(a_send(id="s-5"))
    scenario.contacts.upsert(ADA, {"firstname": "Adelaide"}, EARLIER)
    scenario.contacts.upsert(BOB, {}, EARLIER)
    for name in ("Clients", "Fans"):
        scenario.lists.add(scenario.lists.create(a_contact_list(name)).id, [ADA, BOB], EARLIER)
    for person in (ADA, BOB):
        inside = Run(id=person, automation=1, version=1, contact=person, entered_at=EARLIER)
        scenario.runs.create(inside, current_part(1))
    audience = Audience(contacts=(ADA, BOB), exclude_contacts=(ADA,))
    for state in (BroadcastState.SCHEDULED, BroadcastState.DONE):
        scenario.broadcasts.create(a_broadcast(state, audience))
        scenario.broadcasts.save_check(str(state), A_CHECK)
    scenario.archive.append([event("s-1", ADA), event("s-4", BOB)])
    scenario.archive.append([event("s-2", "Ada@Example.net")])
    return scenario


def test_an_unknown_person_cannot_be_erased(scenario: EraseScenario) -> None:
    with pytest.raises(NotFound):
        scenario.erasure().request("eve@example.net", unrestricted("it@acme.example"))
    assert (scenario.requests.stored, scenario.audit.latest(1)) == ({}, [])
    erase(scenario)
    with pytest.raises(NotFound):
        scenario.erasure().request(ADA, unrestricted("it@acme.example"))


@pytest.mark.parametrize("address", ["ada@first.example", "ada@second.example", ADA])
def test_every_earlier_address_of_a_person_is_erased(scenario: EraseScenario, address: str) -> None:
    """The contact moved twice, so its first address leads to its second, and that one to the present."""
    addresses = ["ada@first.example", "ada@second.example", ADA]
    for old, new in pairwise(addresses):
        moved = scenario.contacts.edit(old, EARLIER, lambda contact: contact)
        scenario.contacts.edit(new, EARLIER, methodcaller("succeeding", moved))
        scenario.contacts.edit(old, EARLIER, methodcaller("merged_with", new, EARLIER))
    scenario.erasure().request(address, unrestricted("it@acme.example"))
    assert scenario.requests.stored.keys() == set(addresses)


def test_one_scan_of_the_archive_serves_all_requests(scenario: EraseScenario) -> None:
    people = [f"{number:02}@example.net" for number in range(20)]
    for number, person in enumerate(people):
        scenario.put(f"all-{number}", address=person)
        scenario.archive.append([event(f"all-{number}", person)])
    erasure = scenario.erasure()
    for person in people:
        erasure.request(person, unrestricted("it@acme.example"))
    counted = Redactions(scenario.archive)
    done = replace(erasure, archive=counted)(NOON + 60)
    assert [(one.address, one.messages, one.events) for one in done] == [(person, 1, 1) for person in people]
    assert counted.redacted == len(scenario.archive.stored)


def test_a_request_during_a_scan_joins_the_next(scenario: EraseScenario) -> None:
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    interrupt_the_scan(scenario, erasure)
    erasure.request(BOB, unrestricted("it@acme.example"))
    done = [one.address for _ in range(2) for one in erasure(scenario.clock.now + 60)]
    assert done == [ADA, BOB]
    left = str(list(scenario.archive.between("2026-11-23T00", "2026-11-23T23")))
    assert (ADA in left, BOB in left, "others@example.net" in left) == (False, False, True)


def test_a_late_worker_never_moves_a_later_scan(scenario: EraseScenario) -> None:
    requests = MemoryErasureRequests()
    assert requests.save_scan(ArchiveScan(1, "000005"), 0)
    assert requests.save_scan(ArchiveScan(2), 1)
    assert not requests.save_scan(ArchiveScan(1, "000009"), 1)
    assert requests.scan() == ArchiveScan(2)


@dataclass
class Redactions:
    """Counts how often a batch is read."""

    archive: MemoryEventArchive
    redacted: int = 0

    def batches(self, after: str = "") -> Any:
        return self.archive.batches(after)

    def redact(self, batch: str, change: Any) -> int:
        self.redacted += 1
        return self.archive.redact(batch, change)


def test_an_erasure_leaves_only_the_counters(scenario: EraseScenario) -> None:
    scenario.sends.settle(MessageKey("s-5", 0), Transition.CANCEL, now=NOON)
    before = scenario.counted()
    erasure = scenario.erasure()
    erasure.request("Ada@example.net", unrestricted("it@acme.example"))
    (done,) = erasure(NOON + 60)
    assert scenario.counted() == before
    for text in (ADA, "adelaide", "192.0.2.9", "thunderbird"):
        assert text not in scenario.stored_text().replace("it@acme.example", "")
    assert (done.messages, done.events, done.canceled) == (4, 2, 0)
    assert list(scenario.archive.between("2026-11-23T00", "2026-11-23T23")) == [json.loads(event("s-4", BOB).text)]
    assert MemoryMessageIndex(scenario.sends).by_recipient(ADA, LATER, 9) == []


def test_an_erasure_changes_no_other_person(scenario: EraseScenario) -> None:
    bobs = [scenario.sends.stored[MessageKey(send_id, 0)] for send_id in ("s-3", "s-4")]
    erase(scenario)
    assert [scenario.sends.stored[one.key] for one in bobs] == bobs
    assert scenario.contacts.get(BOB)
    assert [one.audience for one in scenario.broadcasts.all()] == [Audience(contacts=(BOB,))] * 2
    assert all(check.first == (Recipient(BOB, 3),) for check in scenario.broadcasts.checks.values())


def test_an_erasure_waits_for_an_audience_that_is_being_read(scenario: EraseScenario) -> None:
    preparing = a_broadcast(BroadcastState.PREPARING, Audience(contacts=(ADA,)))
    scenario.broadcasts.create(preparing)
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    assert erasure(NOON + 60) == []
    scenario.broadcasts.edit(preparing.id, lambda one: replace(one, prepared=True, state=BroadcastState.DONE))
    assert [request.address for request in erasure(NOON + 60)] == [ADA]


def test_a_scheduled_send_is_canceled_and_its_payload_deleted(scenario: EraseScenario) -> None:
    erase(scenario)
    message = scenario.sends.stored[MessageKey("s-5", 0)]
    assert (message.state, message.address) == (State.CANCELED, ERASED)
    assert scenario.queue.saved == {}


def test_erasing_the_to_cancels_a_send_for_every_recipient(
    scenario: EraseScenario,
) -> None:
    scenario.put("to", state=State.QUEUED)
    scenario.put("to", 1, state=State.QUEUED, address=BOB)
    scenario.put("cc", state=State.QUEUED, address=BOB)
    scenario.put("cc", 1, state=State.QUEUED)
    erase(scenario)
    states = [scenario.sends.stored[MessageKey(send_id, number)].state for send_id in ("to", "cc") for number in (0, 1)]
    assert states == [State.CANCELED, State.CANCELED, State.QUEUED, State.CANCELED]


def test_a_send_id_stays_unique_after_an_erasure(scenario: EraseScenario) -> None:
    erase(scenario)
    assert not scenario.sends.create([a_message("s-1")])


def test_an_erased_message_records_no_event(scenario: EraseScenario) -> None:
    erase(scenario)
    erased = scenario.sends.stored[MessageKey("s-1", 0)]
    assert scenario.sends.record(erased.key, OPENED) == erased


def test_an_unsubscription_outlives_the_erasure(scenario: EraseScenario) -> None:
    no = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=EARLIER, source="it@acme.example")
    scenario.contacts.set_subscription(ADA, EVERYTHING, no)
    erase(scenario)
    contact = scenario.contacts.get(ADA)
    assert contact
    assert contact.unsubscribed(EVERYTHING)
    assert contact.values == {}
    assert ADA not in str(scenario.contacts)


def test_a_copy_in_the_queue_creates_no_contact(scenario: EraseScenario) -> None:
    erase(scenario)
    scenario.contacts.upsert(ADA, {"firstname": "Adelaide"}, EARLIER)
    assert scenario.contacts.stored.keys() == {BOB}
    scenario.contacts.upsert(ADA, {"firstname": "Adelaide"}, LATER)
    assert scenario.contacts.stored.keys() == {ADA, BOB}, "who comes back is a customer again"


def test_an_erasure_waits_for_a_leased_message(scenario: EraseScenario) -> None:
    key = scenario.put("now", state=State.SENDING, attempts=1)
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    assert erasure(NOON + 60) == []
    assert scenario.contacts.get(ADA)
    assert scenario.contacts.stored[ADA].values, "the queue's copy would bring it back"
    scenario.sends.settle(key, Transition.SEND, now=NOON)
    assert len(erasure(NOON + 60)) == 1
    assert ADA not in scenario.stored_text()


def test_a_message_after_the_request_stays(scenario: EraseScenario) -> None:
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    key = scenario.put("new", accepted_at=LATER)
    assert len(erasure(NOON + 60)) == 1
    assert scenario.sends.stored[key].address == ADA


@pytest.mark.parametrize(
    "planned",
    [{"broadcast": place(str(BroadcastState.SENDING), 1, 0)}, {"accepted_by": f"{AUTOMATION}7"}],
    ids=["broadcast", "automation"],
)
def test_a_mail_that_was_planned_before_the_request_goes(scenario: EraseScenario, planned: dict[str, Any]) -> None:
    """It was sent between the request and its work."""
    sending = replace(a_broadcast(BroadcastState.SENDING, Audience(lists=(7,))), prepared=True)
    scenario.broadcasts.stored[sending.id] = sending
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    for number in range(2 * MESSAGE_BATCH):
        scenario.put(f"new-{number}", accepted_at=LATER)
    key = scenario.put("late", accepted_at=LATER, state=State.SENDING, attempts=1, **planned)
    scenario.clock.now = timestamps.parse(LATER)
    assert erasure(scenario.clock.now + 60) == [], "it is being sent"
    scenario.sends.settle(key, Transition.SEND, now=NOON)
    assert erasure(scenario.clock.now + 60) == [], "a page may still have the contact"
    assert scenario.sends.stored[key].address == ERASED
    scenario.clock.now += LEASE_SECONDS
    (done,) = erasure(scenario.clock.now + 60)
    assert done.messages == 5, "a caller's later sends stay"


def test_a_broadcast_that_was_created_after_the_request_stays(scenario: EraseScenario) -> None:
    new = replace(a_broadcast(BroadcastState.SENDING, Audience()), created_at=LATER, prepared=True)
    scenario.broadcasts.stored[new.id] = new
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    key = scenario.put("new", accepted_at=LATER, broadcast=place(new.id, 1, 0))
    assert len(erasure(NOON + 60)) == 1
    assert scenario.sends.stored[key].address == ADA


def test_a_page_that_read_the_contact_before_is_awaited(scenario: EraseScenario) -> None:
    sending = replace(
        a_broadcast(BroadcastState.SENDING, Audience(lists=(7,))), prepared=True, pages=1, started_at=EARLIER
    )
    scenario.broadcasts.stored[sending.id] = sending
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    assert erasure(NOON + 60) == []
    key = scenario.put("late", accepted_at=NOON_TEXT.replace("000Z", "001Z"), broadcast=place(sending.id, 1, 0))
    scenario.contacts.upsert(ADA, {"firstname": "New"}, LATER)
    scenario.clock.now = NOON + LEASE_SECONDS
    assert len(erasure(scenario.clock.now + 60)) == 1
    assert scenario.sends.stored[key].address == ERASED
    assert scenario.contacts.stored[ADA].values == {"firstname": "New"}, "a new customer's contact stays"


def test_a_redriven_page_is_awaited(scenario: EraseScenario) -> None:
    """Its worker may have the contact, although the broadcast is done."""
    done = replace(a_broadcast(BroadcastState.DONE, Audience(lists=(7,))), id="b-1", redriven_at=NOON_TEXT)
    scenario.broadcasts.stored[done.id] = done
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    assert erasure(NOON + 60) == []
    key = scenario.put("late", accepted_at=NOON_TEXT.replace("000Z", "001Z"), broadcast=place(done.id, 1, 0))
    scenario.clock.now = NOON + LEASE_SECONDS
    assert len(erasure(scenario.clock.now + 60)) == 1
    assert scenario.sends.stored[key].address == ERASED


def test_a_run_that_a_worker_stored_meanwhile_is_erased(
    scenario: EraseScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(id="late", automation=2, version=1, contact=ADA, entered_at=EARLIER)
    erase = scenario.contacts.erase

    def erase_late(address: str, at: str) -> None:
        scenario.runs.create(run, current_part(2))
        erase(address, at)

    monkeypatch.setattr(scenario.contacts, "erase", erase_late)
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    assert len(erasure(NOON + 60)) == 1
    assert scenario.runs.of_contact(ADA) == []


def test_a_long_erasure_is_done_in_parts(scenario: EraseScenario) -> None:
    for number in range(3 * MESSAGE_BATCH):
        scenario.put(f"many-{number}")
        scenario.archive.append([event(f"many-{number}", ADA)])
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    slow = replace(erasure, clock=Slow(scenario.clock))
    parts = 1
    while not slow(scenario.clock.now + 5):
        parts += 1
        assert parts < 100
    assert parts > 10
    assert ADA not in scenario.stored_text()


@dataclass
class Slow:
    """Every look at it takes a second."""

    clock: Clock

    def __call__(self) -> float:
        self.clock.now += 1
        return self.clock.now


def test_a_new_contact_during_the_scan_stays(scenario: EraseScenario) -> None:
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    interrupt_the_scan(scenario, erasure)
    scenario.contacts.upsert(ADA, {"firstname": "Ada"}, LATER)
    assert erasure(scenario.clock.now + 60)
    assert scenario.contacts.stored[ADA].values == {"firstname": "Ada"}


def test_an_erasure_killed_at_any_call_is_finished_later(scenario: EraseScenario) -> None:
    calls, deaths = 0, 0
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    while scenario.requests.stored:
        for after in (False, True):
            try:
                scenario.erasure(Life(calls, after=after))(NOON + 60)
            except Killed:
                deaths += 1
        calls += 1
    assert deaths > 5
    assert ADA not in scenario.stored_text()
    assert [scenario.sends.stored[MessageKey("s-3", 1)].address, len(scenario.sends.stored)] == [ERASED, 6]


def test_the_audit_log_hides_the_erased_address(scenario: EraseScenario) -> None:
    erasure = scenario.erasure()
    erasure.request(ADA, Actor("it@acme.example", SCOPES, "k"))
    erasure.request(ADA, Actor("it@acme.example", SCOPES, "k"))
    scenario.clock.now += 1
    erasure(NOON + 60)
    done, again, requested = scenario.audit.latest(9)
    assert [one.action for one in (requested, again, done)] == [*2 * [AuditAction.ERASURE_ASKED], AuditAction.ERASED]
    assert {one.subject for one in (requested, done)} == {ids.address_hash(ADA)}
    assert (done.by, done.key_id, done.detail["messages"], done.detail["events"]) == ("it@acme.example", "k", 4, 2)
    assert done.detail["asked_at"] == NOON_TEXT


def test_an_unknown_address_can_be_erased(scenario: EraseScenario) -> None:
    scenario.requests.add(
        ErasureRequest(address="eve@example.net", asked_at=timestamps.iso(NOON), by="it@acme.example")
    )
    (done,) = scenario.erasure()(NOON + 60)
    assert (done.messages, done.events) == (0, 0)


def test_a_busy_contact_is_erased_later(scenario: EraseScenario, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(email: str, at: str) -> None:
        raise Retry("busy")

    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    with monkeypatch.context() as patch:
        patch.setattr(scenario.contacts, "erase", busy)
        assert erasure(NOON + 60) == []
    assert len(erasure(NOON + 60)) == 1


def interrupt_the_scan(scenario: EraseScenario, erasure: EraseContact) -> None:
    """Works in small parts until the first batches of a longer archive were scanned."""
    for number in range(20):
        scenario.archive.append([event(f"more-{number}", "others@example.net")])
    slow = replace(erasure, clock=Slow(scenario.clock))
    while not scenario.requests.scan().position:
        assert slow(scenario.clock.now + 4) == []


def erase(scenario: EraseScenario) -> None:
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    assert erasure(NOON + 60)


def test_the_content_of_the_persons_mails_is_deleted() -> None:
    """A cc is erased: what is stored of the send may be of any of its recipients."""
    scenario = EraseScenario()
    scenario.put("s-1", address="bob@example.net")
    scenario.put("s-1", 1)
    scenario.put("s-2", address="bob@example.net")
    for send_id in ("s-1", "s-2"):
        send = a_send(id=send_id, custom={"note": f"to {ADA}"})
        content = sent_content.of(send, numbers=(0, 1), built_at=1, language="en", contact={}, web_versions=())
        scenario.contents.put_all([(content, 1e12)])
    scenario.erasure().request(ADA, unrestricted("it@acme.example"))
    erase(scenario)
    assert [send_id for send_id, *_ in scenario.contents.stored] == ["s-2"]


def test_content_in_batches_is_deleted_for_all_recipients() -> None:
    """The To was sent in one batch and the cc in a later one: the values of both are the send's."""
    scenario = EraseScenario()
    scenario.put("s-1", address="bob@example.net", recipients=2, content_batch="first")
    scenario.put("s-1", 1, recipients=2, content_batch="second")
    scenario.put("s-2", address="bob@example.net", content_batch="first")
    for send_id, batch in (("s-1", "first"), ("s-1", "second"), ("s-2", "first")):
        send = a_send(id=send_id, custom={"note": f"to {ADA}"})
        content = sent_content.of(send, numbers=(0, 1), built_at=1, language="en", contact={}, web_versions=())
        scenario.contents.put_all([(content, 1e12)], batch)
    erase(scenario)
    assert [(send_id, batch) for send_id, _, batch in scenario.contents.stored] == [("s-2", "first")]
    assert scenario.sends.stored[MessageKey("s-1", 1)].content_batch == ""
