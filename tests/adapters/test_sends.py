from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from functions.adapters import keys
from functions.adapters.dynamo_sends import DynamoSends
from functions.core import instants, lifecycle
from functions.core.lifecycle import FINAL, TRANSITIONS, Act
from functions.core.send import Message, MessageKey, SendResult, State
from functions.core.timeline import FACTS_MAX, Fact, Kind
from functions.ports import Sends
from functions.wiring import Wiring
from tests.cloud import SETTINGS
from tests.examples import NOON, NOON_TEXT, a_message
from tests.fakes import MemorySends

LEASE, GRACE = 60, 300
_fresh = itertools.count()


@pytest.fixture(params=["memory", "dynamo"])
def sends(request: pytest.FixtureRequest) -> Sends:
    if request.param == "memory":
        return MemorySends()
    wiring: Wiring = request.getfixturevalue("aws")
    return wiring.sends


@pytest.fixture
def message(sends: Sends) -> Message:
    """One that is stored, under an id of its own."""
    made = a_message(f"send-{next(_fresh)}")
    assert sends.create([made])
    return made


def claim(sends: Sends, key: MessageKey, now: float) -> Message | None:
    return sends.claim(key, now=now, lease_seconds=LEASE, grace_seconds=GRACE)


def bring(sends: Sends, key: MessageKey, state: State) -> None:
    """Into a state, by the acts that lead there."""
    if state in {State.SENDING, State.SENT, State.REFUSED, State.FAILED}:
        assert claim(sends, key, NOON)
    act = {State.SENT: Act.SEND, State.REFUSED: Act.REFUSE, State.FAILED: Act.GIVE_UP, State.CANCELED: Act.CANCEL}.get(
        state
    )
    assert act is None or sends.settle(key, act, now=NOON)


def test_a_message_comes_back_as_it_was_stored(sends: Sends) -> None:
    whole = a_message(
        f"send-{next(_fresh)}",
        state=State.REFUSED,
        accepted_by="key",
        result=SendResult.MISSING_CONTENT,
        reason="there is no email 7",
        attempts=2,
        started_at=NOON_TEXT,
        settled_at=NOON_TEXT,
        lease_until=5,
        ses_message_id="0102",
        timeline={"f": {"kind": "OPENED", "at": NOON_TEXT, "machine": True}},
    )
    assert sends.create([whole])
    assert sends.get(whole.key) == whole


def test_an_unknown_send_has_nothing(sends: Sends) -> None:
    assert sends.get(MessageKey("nobody", 0)) is None
    assert claim(sends, MessageKey("nobody", 0), NOON) is None
    assert sends.settle(MessageKey("nobody", 0), Act.SEND, now=NOON) is False
    assert sends.record(MessageKey("nobody", 0), Fact(kind=Kind.SENT, at=NOON_TEXT)) is None
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


def test_forget_undoes_a_create_that_nobody_has_touched(sends: Sends, message: Message) -> None:
    sends.forget([message])
    assert sends.get(message.key) is None
    sends.forget([message])


def test_forget_leaves_what_a_worker_has_touched(sends: Sends, message: Message) -> None:
    claim(sends, message.key, NOON)
    sends.forget([message])
    sends.settle(message.key, Act.RELEASE, now=NOON)
    sends.forget([message])
    assert sends.get(message.key)


def test_forget_leaves_a_later_send_of_the_same_id(sends: Sends, message: Message) -> None:
    sends.forget([replace(message, accepted_at="2026-11-23T11:59:59.000Z")])
    assert sends.get(message.key) == message


def test_one_worker_claims_and_the_next_waits_for_lease_and_grace(sends: Sends, message: Message) -> None:
    claimed = claim(sends, message.key, NOON + 0.9)
    assert claimed == replace(
        message, state=State.SENDING, attempts=1, lease_until=int(NOON) + LEASE, started_at=instants.iso(NOON + 0.9)
    )
    assert sends.get(message.key) == claimed
    assert claim(sends, message.key, NOON + LEASE + GRACE - 1) is None
    again = claim(sends, message.key, NOON + LEASE + GRACE)
    assert again
    assert (again.attempts, again.started_at) == (2, claimed.started_at)


@pytest.mark.parametrize("state", sorted(FINAL))
def test_nothing_final_is_claimed(sends: Sends, message: Message, state: State) -> None:
    bring(sends, message.key, state)
    assert claim(sends, message.key, NOON + 1_000_000) is None


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("act", [act for act in Act if act is not Act.CLAIM])
def test_settling_follows_the_table(sends: Sends, message: Message, state: State, act: Act) -> None:
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
    assert after.settled_at == (instants.iso(NOON + 9) if final else None)


def test_an_outcome_tells_its_own_reason_only(sends: Sends, message: Message) -> None:
    """Once throttled, then sent: why the first try failed is nothing to tell of a mail that went out."""
    claim(sends, message.key, NOON)
    sends.settle(message.key, Act.RELEASE, now=NOON, reason="Throttling: Maximum sending rate exceeded")
    claim(sends, message.key, NOON)
    sends.settle(message.key, Act.SEND, now=NOON, result=SendResult.SENT, ses_message_id="0102")
    sent = sends.get(message.key)
    assert sent
    assert (sent.state, sent.result, sent.reason, sent.attempts) == (State.SENT, SendResult.SENT, "", 2)


def test_a_fact_is_added_once(sends: Sends, message: Message) -> None:
    opened = Fact(kind=Kind.OPENED, at=NOON_TEXT, identity="ip", detail={"agent": "x", "machine": False})
    once = sends.record(message.key, opened)
    twice = sends.record(message.key, opened)
    expected = replace(
        message, timeline={opened.key: {"kind": "OPENED", "at": NOON_TEXT, "agent": "x", "machine": False}}
    )
    assert once == twice == sends.get(message.key) == expected


def test_a_full_timeline_takes_no_more_but_tells_the_message(sends: Sends) -> None:
    full = a_message(
        f"send-{next(_fresh)}", timeline={f"f{n}": {"kind": "OPENED", "at": NOON_TEXT} for n in range(FACTS_MAX)}
    )
    sends.create([full])
    assert sends.record(full.key, Fact(kind=Kind.SENT, at=NOON_TEXT)) == full


def test_a_send_expires_after_its_retention(aws: Wiring) -> None:
    made = a_message(f"send-{next(_fresh)}")
    aws.sends.create([made])
    key = {"send_id": {"S": made.key.send_id}, "recipient": {"N": "0"}}
    item = aws.clients.dynamodb.get_item(TableName=SETTINGS.sends_table, Key=key)["Item"]
    assert item[keys.EXPIRES] == {"N": str(int(NOON) + 90 * 86400)}
    assert isinstance(aws.sends, DynamoSends)
