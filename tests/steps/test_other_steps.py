"""Record, measure, publish, authorize and issue a key."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from functions.core import ids
from functions.core.errors import Rejected
from functions.core.events.ses_events import SesEvent
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import MessageKey, State
from functions.steps.access.authenticate import CACHE_SECONDS, Authenticator
from functions.steps.access.create_api_key import CreateApiKey
from functions.steps.events.record import RecordResult, record
from tests.fakes import Clock
from tests.fakes.access import MemoryApiKeys
from tests.fakes.sending import MemorySends
from tests.support.examples import NOON_TEXT, a_message

FACTS = [
    TimelineEvent(
        type=kind,
        at=f"2026-11-23T12:00:0{second}.000Z",
        details={"machine": False} if kind is TimelineEventType.OPENED else {},
    )
    for second, kind in enumerate(
        (
            TimelineEventType.SENT,
            TimelineEventType.DELAYED,
            TimelineEventType.DELIVERED,
            TimelineEventType.OPENED,
            TimelineEventType.COMPLAINED,
        )
    )
]


def event(fact: TimelineEvent, send_id: str = "s-1") -> SesEvent:
    return SesEvent(message=MessageKey(send_id, 0), ses_message_id="0102", sent_at=NOON_TEXT, fact=fact)


@given(st.permutations(FACTS), st.sampled_from([State.QUEUED, State.SENDING, State.FAILED, State.SENT]))
def test_events_in_any_order_and_number_end_alike(order: list[TimelineEvent], state: State) -> None:
    sends = MemorySends()
    sends.create([a_message(state=state)])
    for fact in order + order[:2]:
        assert record(event(fact), sends=sends) is RecordResult.RECORDED
    (kept,) = sends.stored.values()
    assert kept.state is State.SENT
    assert dict(kept.timeline) == {fact.key: fact.to_item() for fact in FACTS}


def test_a_rejection_does_not_say_that_the_mail_was_sent() -> None:
    sends = MemorySends()
    sends.create([a_message(state=State.SENDING)])
    record(event(TimelineEvent(type=TimelineEventType.REJECTED, at=NOON_TEXT)), sends=sends)
    assert sends.stored[MessageKey("s-1", 0)].state is State.SENDING


def test_events_of_others_and_of_unknown_sends_are_told_apart_and_store_nothing() -> None:
    sends = MemorySends()
    assert record(replace(event(FACTS[0]), message=None), sends=sends) is RecordResult.FOREIGN
    assert record(event(FACTS[0], "nobody"), sends=sends) is RecordResult.UNKNOWN
    assert sends.stored == {}


def issue(api_keys: MemoryApiKeys) -> tuple[str, Any]:
    secrets = (f"secret{number}" for number in itertools.count(len(api_keys.stored)))
    return CreateApiKey(api_keys=api_keys, clock=Clock(), new_secret=lambda: next(secrets))(
        "ci", "ada@example.com", ("content",)
    )


def test_of_a_key_only_its_hash_is_kept() -> None:
    api_keys = MemoryApiKeys()
    secret, key = issue(api_keys)
    assert secret == "stf_secret0"
    assert api_keys.stored == {ids.secret_id(secret): key}
    assert secret not in repr(api_keys)
    assert (key.scopes, key.created_at, secret.startswith(key.prefix)) == (("content",), NOON_TEXT, True)


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Basic stf_secret0", "stf_secret0", "Bearer stf_secret1", "Bearer x stf_secret0"],
)
def test_whatever_is_no_key_is_nobody(header: str | None) -> None:
    api_keys = MemoryApiKeys()
    issue(api_keys)
    assert Authenticator(api_keys, Clock())(header) is None


@pytest.mark.parametrize("header", ["Bearer stf_secret0", "bearer stf_secret0", " Bearer  stf_secret0 "])
def test_a_key_is_known(header: str) -> None:
    api_keys = MemoryApiKeys()
    _, key = issue(api_keys)
    assert Authenticator(api_keys, Clock())(header) == key


def test_a_keys_use_is_noted_once_an_hour() -> None:
    api_keys, clock = MemoryApiKeys(), Clock()
    _, key = issue(api_keys)
    noted = []
    for _ in range(6):
        assert Authenticator(api_keys, clock)("Bearer stf_secret0")  # a worker that has just begun
        noted.append(api_keys.stored[key.secret_id].last_used_at)
        clock.now += 1200
    assert noted == ["2026-11-23T12:00:00.000Z"] * 3 + ["2026-11-23T13:00:00.000Z"] * 3


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\nb", "a\x00"])
def test_a_key_has_a_name_that_can_be_read(name: str) -> None:
    api_keys = MemoryApiKeys()
    with pytest.raises(Rejected, match="name"):
        CreateApiKey(api_keys=api_keys, clock=Clock(), new_secret=lambda: "s")(name, "ada@example.com", ("content",))
    assert api_keys.stored == {}


def test_a_revoked_key_works_a_minute_more_at_most_and_a_new_one_at_once() -> None:
    api_keys, clock = MemoryApiKeys(), Clock()
    authorize = Authenticator(api_keys, clock)
    assert authorize("Bearer stf_secret0") is None
    _, key = issue(api_keys)
    assert authorize("Bearer stf_secret0") == key
    api_keys.revoke(key.secret_id, NOON_TEXT)
    clock.now += CACHE_SECONDS - 1
    assert authorize("Bearer stf_secret0") == key
    clock.now += 1
    assert authorize("Bearer stf_secret0") is None


def test_guesses_fill_no_memory() -> None:
    authorize = Authenticator(MemoryApiKeys(), Clock())
    for number in range(100):
        authorize(f"Bearer guess{number}")
    assert authorize.cache == {}
