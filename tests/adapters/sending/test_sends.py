"""ports.Sends: one suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.adapters import schema
from functions.adapters.sending.sends import DynamoSends
from functions.core import timestamps
from functions.core.contacts.erasure import anonymous
from functions.core.events.timeline import FACTS_MAX, OUTCOMES_MAX, TimelineEvent, TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending import lifecycle
from functions.core.sending.lifecycle import FINAL, TRANSITIONS, Transition
from functions.core.sending.send import ERASED, Attempt, Message, MessageKey, State
from functions.ports.sending import Sends
from functions.wiring import Container
from tests.fakes.sending import MemorySends
from tests.support.aws.cloud import SETTINGS, aws_of
from tests.support.examples import NOON, NOON_TEXT, a_message

LEASE, GRACE = 60, 300
EARLIER, LATER = "2026-11-23T11:00:00.000Z", "2026-11-23T13:00:00.000Z"
_fresh = itertools.count()


@pytest.fixture(params=["memory", "dynamo"])
def sends(request: pytest.FixtureRequest) -> Sends:
    if request.param == "memory":
        return MemorySends()
    container = aws_of(request)
    return container.get(wiring.adapters.sending.sends)


@pytest.fixture
def message(sends: Sends) -> Message:
    """One that is stored, under an id of its own."""
    message = a_message(f"send-{next(_fresh)}")
    assert sends.create([message])
    return message


def claim(sends: Sends, key: MessageKey, now: float, content_batch: str = "") -> int | None:
    return sends.claim(key, now=now, lease_seconds=LEASE, grace_seconds=GRACE, content_batch=content_batch)


def bring(sends: Sends, key: MessageKey, state: State) -> None:
    """Into a state, by the acts that lead there."""
    if state in {State.SENDING, State.SENT, State.REFUSED, State.FAILED}:
        assert claim(sends, key, NOON)
    act = {
        State.SENT: Transition.SEND,
        State.REFUSED: Transition.REFUSE,
        State.FAILED: Transition.GIVE_UP,
        State.CANCELED: Transition.CANCEL,
    }.get(state)
    assert act is None or sends.settle(key, act, now=NOON)


def test_a_send_returns_all_its_recipients_the_to_first(sends: Sends) -> None:
    send_id = f"send-{next(_fresh)}"
    everyone = [a_message(send_id, number, reason="x" * 300_000) for number in range(5)]  # together more than a page
    for message in reversed(everyone):
        assert sends.create([message])
    assert sends.messages(send_id) == everyone
    assert sends.messages("nobody") == []


def test_a_message_comes_back_as_it_was_stored(sends: Sends) -> None:
    whole = a_message(
        f"send-{next(_fresh)}",
        state=State.REFUSED,
        accepted_by="key",
        result=SendResult.MISSING_CONTENT,
        reason="there is no email 7",
        revision=3,
        attached=70_000,
        attempts=2,
        failed_attempts=(Attempt(1, NOON_TEXT, "Throttling: Maximum sending rate exceeded"),),
        started_at=NOON_TEXT,
        settled_at=NOON_TEXT,
        lease_until=5,
        ses_message_id="0102",
        tags={"campaign": "spring"},
        is_test=True,
        timeline={"f": {"kind": "OPENED", "at": NOON_TEXT, "machine": True}},
    )
    assert sends.create([whole])
    assert sends.get(whole.key) == whole


def test_an_unknown_send_has_nothing(sends: Sends) -> None:
    assert sends.get(MessageKey("nobody", 0)) is None
    assert claim(sends, MessageKey("nobody", 0), NOON) is None
    assert sends.settle(MessageKey("nobody", 0), Transition.SEND, now=NOON) is False
    assert sends.record(MessageKey("nobody", 0), TimelineEvent(type=TimelineEventType.SENT, at=NOON_TEXT)) is None
    assert sends.get(MessageKey("nobody", 0)) is None


def test_a_send_is_created_once(sends: Sends, message: Message) -> None:
    assert sends.create([replace(message, digest="another")]) is False
    assert sends.get(message.key) == message


def test_several_messages_are_created_all_or_none(sends: Sends, message: Message) -> None:
    send_id = message.key.send_id
    assert sends.create([a_message(send_id, 1), message, a_message(send_id, 2)]) is False
    assert [sends.get(MessageKey(send_id, number)) for number in range(3)] == [message, None, None]
    three = [a_message(f"send-{next(_fresh)}", 0)]
    three += [a_message(three[0].key.send_id, number) for number in (1, 2)]
    assert sends.create(three)
    assert [sends.get(one.key) for one in three] == three


def test_fifty_recipients_fit(sends: Sends) -> None:
    send_id = f"send-{next(_fresh)}"
    assert sends.create([a_message(send_id, number) for number in range(50)])
    assert all(sends.get(MessageKey(send_id, number)) for number in range(50))


def test_rollback_deletes_an_untouched_send(sends: Sends, message: Message) -> None:
    sends.rollback([message])
    assert sends.get(message.key) is None
    sends.rollback([message])


def test_rollback_leaves_a_send_that_a_worker_touched(sends: Sends, message: Message) -> None:
    claim(sends, message.key, NOON)
    sends.rollback([message])
    sends.settle(message.key, Transition.RELEASE, now=NOON)
    sends.rollback([message])
    assert sends.get(message.key)


def test_rollback_deletes_all_messages_or_none(sends: Sends) -> None:
    """Half a send would refuse its sender's repeat, and never be delivered."""
    send_id = f"send-{next(_fresh)}"
    both = [a_message(send_id, number) for number in range(2)]
    sends.create(both)
    claim(sends, both[0].key, NOON)
    sends.rollback(both)
    assert len(sends.messages(send_id)) == 2
    untouched = [a_message(f"{send_id}-untouched", number) for number in range(2)]
    sends.create(untouched)
    sends.rollback(untouched)
    assert sends.messages(untouched[0].key.send_id) == []


def test_a_redriven_message_is_queued_as_new(sends: Sends, message: Message) -> None:
    claim(sends, message.key, NOON)
    sends.settle(message.key, Transition.GIVE_UP, now=NOON, result=SendResult.UNDELIVERABLE, reason="SES was down")
    settled = NOON + LEASE + GRACE
    assert not sends.redrive(message.key, now=settled - 1, grace_seconds=GRACE)
    assert sends.redrive(message.key, now=settled, grace_seconds=GRACE)
    opened = sends.get(message.key)
    assert opened
    assert (opened.state, opened.result, opened.reason, opened.settled_at) == (State.QUEUED, None, "", None)
    assert not sends.redrive(message.key, now=settled, grace_seconds=GRACE), "it is open"
    assert claim(sends, message.key, settled) == 2
    redriven = sends.get(message.key)
    assert redriven
    assert redriven.counted_attempts == 1


def test_an_erased_message_is_not_redriven(sends: Sends, message: Message) -> None:
    sends.claim(message.key, now=NOON, lease_seconds=LEASE, grace_seconds=None)
    sends.settle(message.key, Transition.GIVE_UP, now=NOON, result=SendResult.UNDELIVERABLE)
    failed = sends.get(message.key)
    assert failed
    assert sends.replace(failed, anonymous(failed))
    assert not sends.redrive(message.key, now=NOON + 10 * LEASE + GRACE, grace_seconds=GRACE)


def test_a_message_that_ses_may_have_is_not_redriven(sends: Sends, message: Message) -> None:
    later = NOON + 10 * (LEASE + GRACE)
    claim(sends, message.key, NOON)
    sends.settle(message.key, Transition.GIVE_UP, now=NOON, result=SendResult.UNDELIVERABLE)
    sends.record(message.key, TimelineEvent(type=TimelineEventType.REJECTED, at=NOON_TEXT))
    assert not sends.redrive(message.key, now=later, grace_seconds=GRACE)
    sends.settle(message.key, Transition.SES_CONFIRMED, now=NOON, ses_message_id="0102")
    assert not sends.redrive(message.key, now=later, grace_seconds=GRACE)
    assert not sends.redrive(MessageKey("nobody", 0), now=later, grace_seconds=GRACE)


def scheduled(sends: Sends, due_at: str) -> Message:
    message = a_message(f"send-{next(_fresh)}", state=State.SCHEDULED, due_at=due_at)
    assert sends.create([message])
    return message


def test_rollback_deletes_a_scheduled_send(sends: Sends) -> None:
    message = scheduled(sends, "2027-02-01T17:00:00.000Z")
    sends.rollback([message])
    assert sends.get(message.key) is None


def test_rollback_leaves_a_later_send_of_the_same_id(sends: Sends, message: Message) -> None:
    sends.rollback([replace(message, accepted_at="2026-11-23T11:59:59.000Z")])
    assert sends.get(message.key) == message


def test_a_claimed_message_waits_for_lease_and_grace(sends: Sends, message: Message) -> None:
    assert claim(sends, message.key, NOON + 0.9) == 1
    claimed = sends.get(message.key)
    assert claimed == replace(
        message, state=State.SENDING, attempts=1, lease_until=int(NOON) + LEASE, started_at=timestamps.iso(NOON + 0.9)
    )
    assert claim(sends, message.key, NOON + LEASE + GRACE - 1) is None
    assert claim(sends, message.key, NOON + LEASE + GRACE) == 2
    again = sends.get(message.key)
    assert again
    assert (again.attempts, again.started_at) == (2, claimed.started_at)


def test_a_claim_stores_the_batch_of_its_content(sends: Sends, message: Message) -> None:
    claim(sends, message.key, NOON, content_batch="first")
    assert claim(sends, message.key, NOON + LEASE + GRACE, content_batch="second") == 2
    again = sends.get(message.key)
    assert again
    assert again.content_batch == "second"


@pytest.mark.parametrize("state", sorted(FINAL))
def test_nothing_final_is_claimed(sends: Sends, message: Message, state: State) -> None:
    bring(sends, message.key, state)
    assert claim(sends, message.key, NOON + 1_000_000) is None


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("act", [act for act in Transition if act not in {Transition.CLAIM, Transition.REDRIVE}])
def test_settling_follows_the_table(sends: Sends, message: Message, state: State, act: Transition) -> None:
    if state is State.SCHEDULED:
        message = scheduled(sends, "2026-11-23T17:00:00.000Z")
    bring(sends, message.key, state)
    allowed = (state, act) in TRANSITIONS
    before = sends.get(message.key)
    assert sends.settle(message.key, act, now=NOON + 9, reason="why", ses_message_id="ses-9") is allowed
    after = sends.get(message.key)
    assert after
    assert before
    if not allowed:
        assert after == before
        return
    final = lifecycle.target(act) in FINAL
    assert (after.state, after.reason, after.ses_message_id) == (lifecycle.target(act), "why", "ses-9")
    assert after.settled_at == (timestamps.iso(NOON + 9) if final else None)


def test_an_outcome_has_only_its_own_reason(sends: Sends, message: Message) -> None:
    """A send that was throttled and then sent does not report the error of its first attempt."""
    for number in (1, 2):
        claim(sends, message.key, NOON)
        failed = Attempt(number, NOON_TEXT, "Throttling: Maximum sending rate exceeded")
        sends.settle(message.key, Transition.RELEASE, now=NOON, reason=failed.reason, failed=failed, is_counted=False)
    claim(sends, message.key, NOON)
    sends.settle(message.key, Transition.SEND, now=NOON, result=SendResult.SENT, ses_message_id="0102")
    sent = sends.get(message.key)
    assert sent
    assert (sent.state, sent.result, sent.reason, sent.attempts) == (State.SENT, SendResult.SENT, "", 3)
    assert sent.counted_attempts == 1
    assert [(one.number, one.reason) for one in sent.failed_attempts] == [
        (number, "Throttling: Maximum sending rate exceeded") for number in (1, 2)
    ]


def test_a_fact_is_added_once(sends: Sends, message: Message) -> None:
    opened = TimelineEvent(
        type=TimelineEventType.OPENED, at=NOON_TEXT, dedup_key="ip", details={"agent": "x", "machine": False}
    )
    once = sends.record(message.key, opened)
    twice = sends.record(message.key, opened)
    expected = replace(
        message, timeline={opened.key: {"kind": "OPENED", "at": NOON_TEXT, "agent": "x", "machine": False}}
    )
    assert once == twice == sends.get(message.key) == expected


def test_facts_come_together_and_each_once(sends: Sends, message: Message) -> None:
    facts = [TimelineEvent(type=TimelineEventType.OPENED, at=NOON_TEXT, dedup_key=str(number)) for number in range(50)]
    sends.record(message.key, facts[3])
    updated = sends.record(message.key, *facts, *facts[:2])
    assert updated == sends.get(message.key) == replace(message, timeline={fact.key: fact.to_item() for fact in facts})
    assert sends.record(MessageKey("nobody", 0), *facts) is None


@pytest.mark.parametrize("room", range(4))
def test_of_facts_together_the_first_have_room(sends: Sends, room: int) -> None:
    there = {f"f{n}": {"kind": "OPENED", "at": NOON_TEXT} for n in range(FACTS_MAX - room)}
    almost = a_message(f"send-{next(_fresh)}", timeline=there)
    sends.create([almost])
    facts = [TimelineEvent(type=TimelineEventType.OPENED, at=NOON_TEXT, dedup_key=str(number)) for number in range(5)]
    added = {fact.key: fact.to_item() for fact in facts[:room]}
    assert sends.record(almost.key, *facts) == sends.get(almost.key) == replace(almost, timeline={**there, **added})
    assert sends.record(almost.key, *facts[:room], facts[0]) == replace(almost, timeline={**there, **added})


@pytest.mark.parametrize("type_", sorted(TimelineEventType))
def test_an_outcome_fits_into_a_full_timeline(sends: Sends, type_: TimelineEventType) -> None:
    opens = {f"f{n}": {"kind": "OPENED", "at": NOON_TEXT} for n in range(FACTS_MAX)}
    full = a_message(f"send-{next(_fresh)}", timeline=opens)
    sends.create([full])
    fact = TimelineEvent(type=type_, at=NOON_TEXT)
    reader = TimelineEvent(type=TimelineEventType.OPENED, at=LATER)
    updated = sends.record(full.key, reader, fact)
    assert updated == sends.get(full.key)
    assert updated
    gives_way = type_ in {TimelineEventType.OPENED, TimelineEventType.CLICKED}
    assert updated.timeline == (opens if gives_way else {**opens, fact.key: fact.to_item()})


def test_a_full_timeline_returns_the_message_unchanged(sends: Sends) -> None:
    full = a_message(
        f"send-{next(_fresh)}", timeline={f"f{n}": {"kind": "OPENED", "at": NOON_TEXT} for n in range(OUTCOMES_MAX)}
    )
    sends.create([full])
    assert sends.record(full.key, TimelineEvent(type=TimelineEventType.SENT, at=NOON_TEXT)) == full


@pytest.mark.parametrize("facts", [1, 3])
def test_a_message_that_another_worker_makes_meanwhile_gets_its_facts(aws: Container, facts: int) -> None:
    """It comes into being after the write was refused, and before we look why."""
    new = a_message(f"send-{next(_fresh)}")

    class Overtaken:
        def __getattr__(self, method: str) -> Any:
            real = getattr(aws.get(wiring.clients.dynamodb), method)
            return (
                (lambda **request: (aws.get(wiring.adapters.sending.sends).create([new]), real(**request))[1])
                if method == "get_item"
                else real
            )

    client: Any = Overtaken()
    events = [
        TimelineEvent(type=TimelineEventType.OPENED, at=f"2026-11-23T12:00:0{number}.000Z") for number in range(facts)
    ]
    message = replace(aws.get(wiring.adapters.sending.sends), client=client).record(new.key, *events)
    assert message
    assert message.timeline.keys() == {fact.key for fact in events}
    assert aws.get(wiring.adapters.sending.sends).get(new.key) == message


@pytest.mark.parametrize(
    ("broadcast", "retention_days", "days"), [("", 90, 90), ("", 1, 1), ("b-1#1#0", 90, 90), ("b-1#1#0", 1, 16)]
)
def test_a_send_expires_after_its_retention(aws: Container, broadcast: str, retention_days: int, days: int) -> None:
    """A page of a broadcast sends to each recipient without a message, so the message outlives the page."""
    message = a_message(f"send-{next(_fresh)}", broadcast=broadcast)
    replace(aws.get(wiring.adapters.sending.sends), retention_days=retention_days).create([message])
    key = {"send_id": {"S": message.key.send_id}, "recipient": {"N": "0"}}
    item = aws.get(wiring.clients.dynamodb).get_item(TableName=SETTINGS.sends_table, Key=key)["Item"]
    assert item[schema.EXPIRES] == {"N": str(int(NOON) + days * 86400)}


def opened_message(address: str) -> Message:
    fact = TimelineEvent(
        type=TimelineEventType.OPENED,
        at=EARLIER,
        dedup_key="192.0.2.9",
        details={"agent": "Thunderbird", "ip": "192.0.2.9"},
    )
    return a_message(f"send-{next(_fresh)}", address=address, state=State.SENT, timeline={fact.key: fact.to_item()})


def test_an_anonymised_message_takes_no_events(sends: Sends) -> None:
    before = opened_message("ada@example.net")
    sends.create([before])
    after = anonymous(before)
    assert sends.replace(before, after)
    assert sends.get(before.key) == after
    assert after.address == ERASED
    assert not sends.replace(before, after), "it is not as it was any more"
    late = TimelineEvent(type=TimelineEventType.OPENED, at=LATER, dedup_key="192.0.2.9", details={"ip": "192.0.2.9"})
    assert sends.record(before.key, late, late) == sends.get(before.key) == after
    assert not sends.create([before]), "its sendId is taken still"


def test_a_fact_that_comes_in_between_is_not_lost(sends: Sends) -> None:
    before = opened_message("ada@example.net")
    sends.create([before])
    changed = sends.record(before.key, TimelineEvent(type=TimelineEventType.DELIVERED, at=LATER))
    assert not sends.replace(before, anonymous(before))
    assert sends.get(before.key) == changed


class LostAnswers:
    """DynamoDB whose answer to the first write is lost: the client repeats the write."""

    def __init__(self, client: Any) -> None:
        self.exceptions = client.exceptions
        self._client, self._lost = client, False

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        def call(**request: Any) -> Any:
            if name != "get_item" and not self._lost:
                self._lost = True
                method(**request)
            return method(**request)

        return call


def losing_an_answer(aws: Container) -> DynamoSends:
    client: Any = LostAnswers(aws.get(wiring.clients.dynamodb))
    return replace(aws.get(wiring.adapters.sending.sends), client=client)


@pytest.mark.parametrize("recipients", [1, 3])
def test_a_create_whose_answer_was_lost_is_its_own(aws: Container, recipients: int) -> None:
    messages = [a_message(f"send-{next(_fresh)}")]
    messages += [a_message(messages[0].key.send_id, number) for number in range(1, recipients)]
    assert losing_an_answer(aws).create(messages)
    assert aws.get(wiring.adapters.sending.sends).messages(messages[0].key.send_id) == messages
    assert not aws.get(wiring.adapters.sending.sends).create(messages)


def test_a_claim_whose_answer_was_lost_is_its_own(aws: Container) -> None:
    message = a_message(f"send-{next(_fresh)}")
    stored = aws.get(wiring.adapters.sending.sends)
    stored.create([message])
    assert claim(losing_an_answer(aws), message.key, NOON) == 1
    claimed = stored.get(message.key)
    assert claimed
    assert (claimed.state, claimed.attempts) == (State.SENDING, 1)
    assert claim(stored, message.key, NOON) is None, "another worker's claim is not its own"


def refused_send(sends: Sends, number: int) -> list[Message]:
    send_id = f"send-{next(_fresh)}"
    messages = [a_message(send_id, recipient, state=State.REFUSED) for recipient in range(number)]
    assert sends.create(messages)
    return messages


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_corrected_send_replaces_a_refused_one_once(sends: Sends, number: int) -> None:
    refused = refused_send(sends, 2)
    corrected = [a_message(refused[0].key.send_id, recipient, accepted_at=LATER) for recipient in range(number)]
    assert sends.replace_refused(refused, corrected)
    assert sends.messages(refused[0].key.send_id) == corrected
    assert not sends.replace_refused(refused, corrected)
    assert sends.messages(refused[0].key.send_id) == corrected


def test_a_correction_whose_answer_was_lost_is_its_own(aws: Container) -> None:
    stored = aws.get(wiring.adapters.sending.sends)
    refused = refused_send(stored, 2)
    corrected = [a_message(refused[0].key.send_id, accepted_at=LATER)]
    assert losing_an_answer(aws).replace_refused(refused, corrected)
    assert stored.messages(refused[0].key.send_id) == corrected


def test_without_a_grace_period_no_old_claim_is_taken(sends: Sends, message: Message) -> None:
    assert sends.claim(message.key, now=NOON, lease_seconds=LEASE, grace_seconds=None) == 1
    later = NOON + 100 * (LEASE + GRACE)
    assert sends.claim(message.key, now=later, lease_seconds=LEASE, grace_seconds=None) is None
    assert sends.claim(message.key, now=later, lease_seconds=LEASE, grace_seconds=GRACE) is not None


def test_events_confirm_and_record_in_one_write(sends: Sends) -> None:
    key = MessageKey("confirmed", 0)
    sends.create([a_message(key=key, state=State.SENDING)])
    sent = TimelineEvent(type=TimelineEventType.SENT, at=NOON_TEXT)
    confirmed = sends.confirm(key, sent, now=NOON, ses_message_id="ses-1")
    assert confirmed
    assert (confirmed.state, confirmed.ses_message_id, confirmed.settled_at) == (State.SENT, "ses-1", NOON_TEXT)
    assert list(confirmed.timeline) == [sent.key]
    assert sends.confirm(key, sent, now=NOON, ses_message_id="ses-1") is None
    assert sends.confirm(MessageKey("unknown", 0), sent, now=NOON, ses_message_id="ses-1") is None
