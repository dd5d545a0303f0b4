from __future__ import annotations

import json

from functions.core.access.actor import unrestricted
from functions.core.broadcasts.broadcast import Audience, Recipient
from functions.core.contacts.contact import EVERYTHING, Decision, SubscriptionStatus
from functions.core.sending import sent_content
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import MessageKey
from tests.fakes.sending import MemoryMessageIndex
from tests.support.erasing import ADA, BOB, EARLIER, LATER, OPENED, EraseScenario, erase, event
from tests.support.examples import NOON, a_message, a_send


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
