"""What an erasure needs of the world, and the audit log: the fakes and the adapters keep the same laws."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.adapters.contacts.erasure import DynamoErasureRequests, DynamoMessagesByRecipient
from functions.adapters.sending.message_scan import DynamoMessageScan
from functions.core.access.audit import AuditAction, LogEntry
from functions.core.contacts.contact import EVERYTHING, Decision, SubscriptionStatus
from functions.core.contacts.erasure import anonymous
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import ERASED, Message, State
from functions.ports.access import AuditEntries
from functions.ports.contacts import Contacts, ErasureRequest, ErasureRequests
from functions.ports.events import RawEvent, RedactableArchive
from functions.ports.messages import MessageScan
from functions.wiring import Container
from tests.fakes.access import MemoryAudit
from tests.fakes.contacts import MemoryContacts, MemoryErasureRequests
from tests.fakes.events import MemoryEventArchive
from tests.fakes.messages import MemoryEveryMessage, MemoryMessagesByRecipient, MemorySends
from tests.support.cloud import SETTINGS, aws_of
from tests.support.examples import NOON_TEXT, a_message

EARLIER, LATER = "2026-11-23T11:00:00.000Z", "2026-11-23T13:00:00.000Z"


@pytest.fixture
def email() -> str:
    return f"{uuid.uuid4()}@example.net"


@pytest.fixture(params=["memory", "dynamo"])
def contacts(request: pytest.FixtureRequest) -> Contacts:
    return MemoryContacts() if request.param == "memory" else aws_of(request).get(wiring.adapters.contacts)


@pytest.fixture(params=["memory", "dynamo"])
def orders(request: pytest.FixtureRequest) -> ErasureRequests:
    if request.param == "memory":
        return MemoryErasureRequests()
    aws = aws_of(request)
    return DynamoErasureRequests(aws.get(wiring.clients.dynamodb), SETTINGS.contacts_table)


@pytest.fixture(params=["memory", "dynamo"])
def stores(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    """(sends, personal messages) over the same table."""
    if request.param == "memory":
        sends = MemorySends()
        return sends, MemoryMessagesByRecipient(sends)
    aws = aws_of(request)
    return aws.get(wiring.adapters.sends), DynamoMessagesByRecipient(
        aws.get(wiring.clients.dynamodb), SETTINGS.sends_table, SETTINGS.retention_days
    )


@pytest.fixture(params=["memory", "s3"])
def archive(request: pytest.FixtureRequest) -> Any:
    return MemoryEventArchive() if request.param == "memory" else aws_of(request).get(wiring.adapters.event_archive)


@pytest.fixture(params=["memory", "dynamo"])
def audit(request: pytest.FixtureRequest) -> AuditEntries:
    return MemoryAudit() if request.param == "memory" else aws_of(request).get(wiring.adapters.audit_entries)


def no(at: str) -> Decision:
    return Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=at, source="it@acme.example")


def test_of_an_erased_contact_its_wish_is_left(contacts: Contacts, email: str) -> None:
    contacts.upsert(email, {"firstname": "Ada"}, EARLIER)
    contacts.set_subscription(email, EVERYTHING, no(EARLIER))
    for _ in range(2):
        contacts.erase(email.upper(), NOON_TEXT)
        kept = contacts.get(email)
        assert kept
        assert (kept.email, kept.values, kept.version, kept.unsubscribed(EVERYTHING)) == (email, {}, 0, True)


def test_what_was_told_before_an_erasure_makes_no_contact(contacts: Contacts, email: str) -> None:
    contacts.erase(email, NOON_TEXT)
    assert contacts.upsert(email, {"firstname": "Ada"}, EARLIER).values == {"firstname": "Ada"}, "the mail has it"
    contacts.quarantine(email, EARLIER, "550")
    known = contacts.get(email)
    assert known
    assert (known.values, known.version) == ({}, 0)


def test_who_comes_back_is_a_contact_with_their_old_wish(contacts: Contacts, email: str) -> None:
    contacts.set_subscription(email, "news", no(EARLIER))
    contacts.erase(email, NOON_TEXT)
    contacts.upsert(email, {}, LATER)
    known = contacts.get(email)
    assert known
    assert (known.created_at, known.version, known.unsubscribed("news")) == (LATER, 1, True)


def test_an_order_is_asked_once_kept_and_done(orders: ErasureRequests, email: str) -> None:
    order = ErasureRequest(address=email, asked_at=NOON_TEXT, by="it@acme.example")
    assert orders.add(order) == order
    further = replace(order, scanned="events/1", messages=3)
    orders.save(further)
    assert orders.add(replace(order, asked_at=LATER)) == further
    other = ErasureRequest(address=f"other-{email}", asked_at=EARLIER, by="it@acme.example")
    orders.add(other)
    assert [one for one in orders.all() if one.address.endswith(email)] == [other, further]
    orders.remove(further)
    orders.remove(further)
    assert [one for one in orders.all() if one.address.endswith(email)] == [other]


def test_messages_are_found_by_whom_they_are_to(stores: tuple[Any, Any], email: str) -> None:
    sends, personal = stores
    made = [
        a_message(f"{email}-{number}", address=email, accepted_at=at, state=State.SENT)
        for number, at in enumerate((EARLIER, NOON_TEXT, LATER))
    ]
    for one in reversed(made):
        sends.create([one])
    assert personal.to(email, NOON_TEXT, 9) == made[:2]
    assert personal.to(email, LATER, 1) == made[:1]
    assert personal.to("nobody@example.net", LATER, 9) == []


def opened(email: str) -> Message:
    fact = TimelineEvent(
        type=TimelineEventType.OPENED,
        at=EARLIER,
        dedup_key="192.0.2.9",
        details={"agent": "Thunderbird", "ip": "192.0.2.9"},
    )
    return a_message(f"{email}-s", address=email, state=State.SENT, timeline={fact.key: fact.to_item()})


def test_a_message_becomes_nobodys_and_is_found_no_more(stores: tuple[Any, Any], email: str) -> None:
    sends, personal = stores
    before = opened(email)
    sends.create([before])
    after = anonymous(before)
    assert personal.replace(before, after)
    assert sends.get(before.key) == after
    assert after.address == ERASED
    assert personal.to(email, LATER, 9) == []
    assert not personal.replace(before, after), "it is not as it was any more"
    late = TimelineEvent(type=TimelineEventType.OPENED, at=LATER, dedup_key="192.0.2.9", details={"ip": "192.0.2.9"})
    assert sends.record(before.key, late, late) == sends.get(before.key) == after
    assert not sends.create([before]), "its sendId is taken still"


def test_a_fact_that_comes_in_between_is_not_lost(stores: tuple[Any, Any], email: str) -> None:
    sends, personal = stores
    before = opened(email)
    sends.create([before])
    changed = sends.record(before.key, TimelineEvent(type=TimelineEventType.DELIVERED, at=LATER))
    assert not personal.replace(before, anonymous(before))
    assert sends.get(before.key) == changed


def test_batches_of_the_archive_are_rewritten_in_their_place(archive: Any, email: str) -> None:
    mine: RedactableArchive = archive
    known = set(mine.batches())
    batches = [[{"of": email, "n": 1}, {"of": "bob", "n": 2}], [{"of": email, "n": 3}], [{"of": "bob", "n": 4}]]
    for number, batch in enumerate(batches):
        archive.append([RawEvent(json.dumps(one), f"2031-01-0{number + 1}T15:30:00.000Z") for one in batch])
    names = [name for name in mine.batches() if name not in known]
    assert names == sorted(names)
    assert [name for name in mine.batches(names[0]) if name not in known] == names[1:]
    counts = [mine.redact(name, lambda event: None if event["of"] == email else event) for name in names]
    assert counts == [1, 1, 0]
    assert list(archive.between("2031-01-01T00", "2031-01-09T00")) == [{"of": "bob", "n": 2}, {"of": "bob", "n": 4}]


def test_what_is_kept_apart_of_a_send_goes(aws: Container) -> None:
    aws.get(wiring.clients.s3).put_object(Bucket=SETTINGS.payload_bucket, Key="sends/s-9", Body=b"{}")
    for _ in range(2):
        aws.get(wiring.adapters.send_queue).delete("s-9")
    assert "Contents" not in aws.get(wiring.clients.s3).list_objects_v2(
        Bucket=SETTINGS.payload_bucket, Prefix="sends/s-9"
    )


def test_the_audit_log_tells_the_latest_first(audit: AuditEntries) -> None:
    made = [
        LogEntry(
            id=f"2026-11-23T12:00:0{second}.000Z#{second}",
            at=f"2026-11-23T12:00:0{second}.000Z",
            action=AuditAction.KEY_MADE,
            by="it@acme.example",
            key_id="k" if second else "",
            subject="s",
            detail={"name": "shop", "number": second} if second else {},
        )
        for second in range(5)
    ]
    for entry in made:
        audit.add(entry)
    assert audit.latest(3) == made[:1:-1]
    assert audit.latest(9, before=made[2].id) == made[1::-1]


def test_a_census_finds_every_message_of_its_days(stores: tuple[Any, Any], aws: Container) -> None:
    """More than a page of them: DynamoDB reads a megabyte at once."""
    sends, _ = stores
    days = ("2031-02-01T00:00:00.000Z", "2031-02-02T23:59:59.999Z", "2031-02-03T00:00:00.000Z")
    made = [a_message(f"{uuid.uuid4()}", accepted_at=at, reason="x" * 300_000) for at in days for _ in range(2)]
    for one in made:
        sends.create([one])
    census: MessageScan = (
        MemoryEveryMessage(sends)
        if isinstance(sends, MemorySends)
        else DynamoMessageScan(aws.get(wiring.clients.dynamodb), SETTINGS.sends_table)
    )
    found = list(census.accepted("2031-02-01", "2031-02-02"))
    assert sorted(one.key.send_id for one in found) == sorted(one.key.send_id for one in made[:4])
