"""Record, measure, publish, authorize and issue a key."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core import counters, ids
from functions.core.addresses import Address
from functions.core.email import Draft, Source
from functions.core.errors import Rejected, Retry
from functions.core.send import Message, MessageKey, State
from functions.core.ses_events import SesEvent
from functions.core.tally import Bucket, Change, Tally
from functions.core.timeline import Fact, Kind
from functions.steps.authorize import CACHE_SECONDS, Authorization
from functions.steps.issue_key import KeyIssue
from functions.steps.measure import measure
from functions.steps.publish import Publication
from functions.steps.record import Recorded, record
from tests.examples import DOMAIN, NOON_TEXT, SENDER, a_message
from tests.fakes import Clock, MemoryApiKeys, MemoryEmails, MemoryMetrics, MemorySends

FACTS = [
    Fact(kind=kind, at=f"2026-11-23T12:00:0{second}.000Z", detail={"machine": False} if kind is Kind.OPENED else {})
    for second, kind in enumerate((Kind.SENT, Kind.DELAYED, Kind.DELIVERED, Kind.OPENED, Kind.COMPLAINED))
]


def event(fact: Fact, send_id: str = "s-1") -> SesEvent:
    return SesEvent(message=MessageKey(send_id, 0), ses_message_id="0102", sent_at=NOON_TEXT, fact=fact)


@given(st.permutations(FACTS), st.sampled_from([State.QUEUED, State.SENDING, State.FAILED, State.SENT]))
def test_events_in_any_order_and_number_end_alike(order: list[Fact], state: State) -> None:
    sends = MemorySends()
    sends.create([a_message(state=state)])
    for fact in order + order[:2]:
        assert record(event(fact), sends=sends) is Recorded.RECORDED
    (kept,) = sends.stored.values()
    assert kept.state is State.SENT
    assert dict(kept.timeline) == {fact.key: fact.to_item() for fact in FACTS}


def test_a_rejection_does_not_say_that_the_mail_was_sent() -> None:
    sends = MemorySends()
    sends.create([a_message(state=State.SENDING)])
    record(event(Fact(kind=Kind.REJECTED, at=NOON_TEXT)), sends=sends)
    assert sends.stored[MessageKey("s-1", 0)].state is State.SENDING


def test_events_of_others_and_of_unknown_sends_are_told_apart_and_store_nothing() -> None:
    sends = MemorySends()
    assert record(replace(event(FACTS[0]), message=None), sends=sends) is Recorded.FOREIGN
    assert record(event(FACTS[0], "nobody"), sends=sends) is Recorded.UNKNOWN
    assert sends.stored == {}


def history(*stages: Message | None) -> list[Change]:
    pairs = itertools.pairwise([None, *stages])
    return [Change(number, before, after) for number, (before, after) in enumerate(pairs, 1)]


QUEUED, SENT = a_message(), a_message(state=State.SENT, attempts=1)
OPENED = replace(SENT, timeline={"o": {"kind": "OPENED", "at": NOON_TEXT, "machine": False}})


def total(metrics: MemoryMetrics) -> dict[str, int]:
    return {name: number for name, number in metrics.tally(Bucket(7, "2026-11-23T12")).counters.items() if number}


def test_a_messages_life_is_counted_in_its_emails_hour() -> None:
    metrics = MemoryMetrics()
    measure("shard", history(QUEUED, SENT, OPENED), metrics=metrics, clock=Clock())
    assert total(metrics) == dict(counters.of(OPENED))


def test_a_message_that_expires_goes_on_counting() -> None:
    metrics = MemoryMetrics()
    measure("shard", history(QUEUED, SENT, None), metrics=metrics, clock=Clock())
    assert total(metrics) == dict(counters.of(SENT))


def test_a_send_that_accept_undid_never_was() -> None:
    metrics = MemoryMetrics()
    measure("shard", history(QUEUED, None), metrics=metrics, clock=Clock())
    assert total(metrics) == {}


class _Failing(MemoryMetrics):
    """Fails at the save of that number, having stored it or not."""

    def __init__(self, at: int, stored: bool) -> None:
        super().__init__()
        self.at, self.stored, self.saves = at, stored, 0

    def save(self, bucket: Bucket, tally: Tally) -> None:
        self.saves += 1
        if self.saves != self.at or self.stored:
            super().save(bucket, tally)
        if self.saves == self.at:
            raise Retry("throttled")


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from(["2026-11-23T11:00:00.000Z", NOON_TEXT])), min_size=1, max_size=12
    ),
    st.integers(1, 4),
    st.booleans(),
    st.data(),
)
def test_a_crash_between_buckets_and_another_cut_count_each_change_once(
    sends: list[tuple[int, str]], crash: int, stored: bool, data: st.DataObject
) -> None:
    changes = [
        Change(number, None, a_message(f"s-{number}", email_id=email_id, accepted_at=accepted_at))
        for number, (email_id, accepted_at) in enumerate(sends)
    ]
    metrics = _Failing(crash, stored)
    crashed = data.draw(st.integers(1, len(changes)))
    try:
        measure("shard", changes[:crashed], metrics=metrics, clock=Clock())
    except Retry:
        done = 0
    else:
        done = crashed
    metrics.at = 0
    while done < len(changes):
        end = data.draw(st.integers(done + 1, len(changes)))
        measure("shard", changes[data.draw(st.integers(0, done)) : end], metrics=metrics, clock=Clock())
        done = end
    assert sum(tally.counters["selected"] for tally in metrics.tallies.values()) == len(changes)


BODY = "<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{ contact.x }}</mj-text></mj-column></mj-section></mj-body></mjml>"


def publication(emails: MemoryEmails) -> Publication:
    return Publication(domain=DOMAIN, emails=emails, clock=Clock())


def a_draft(
    *, subject: str = "Order {{ custom.order }}", body: str = BODY, text: str = "Hi {{ contact.x }}", **changed: Any
) -> Draft:
    given: dict[str, Any] = {
        "email_id": 7,
        "name": "Receipt",
        "source": Source(subject=subject, body=body, text=text),
        "sender": SENDER,
    }
    return Draft(**{**given, **changed})


def test_publishing_makes_a_live_revision_and_the_same_again_none() -> None:
    emails = MemoryEmails()
    first = publication(emails)(a_draft())
    assert publication(emails)(a_draft()) == first
    assert first.number == 1
    second = publication(emails)(a_draft(subject="Other"))
    assert second.number == 2
    assert emails.live[7].published_revision == 2
    assert emails.live[7].sendable
    assert emails.revisions[7, 1] == first


def test_a_bad_draft_is_told_every_fault_and_nothing_is_stored() -> None:
    emails = MemoryEmails()
    with pytest.raises(Rejected) as caught:
        publication(emails)(a_draft(subject=" ", text="{{ 1 if }}", sender=Address("me@other.com")))
    assert {fault.where for fault in caught.value.faults} == {"subject", "from", "content"}
    with pytest.raises(Rejected, match=r"content\.mjml"):
        publication(emails)(a_draft(body="<mjml>"))
    with pytest.raises(Rejected, match="can be stored"):
        publication(emails)(a_draft(text="x" * 400_000))
    assert (emails.live, emails.revisions) == ({}, {})


def issue(api_keys: MemoryApiKeys) -> tuple[str, Any]:
    secrets = (f"secret{number}" for number in itertools.count(len(api_keys.stored)))
    return KeyIssue(api_keys=api_keys, clock=Clock(), new_secret=lambda: next(secrets))(
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
    assert Authorization(api_keys, Clock())(header) is None


@pytest.mark.parametrize("header", ["Bearer stf_secret0", "bearer stf_secret0", " Bearer  stf_secret0 "])
def test_a_key_is_known(header: str) -> None:
    api_keys = MemoryApiKeys()
    _, key = issue(api_keys)
    assert Authorization(api_keys, Clock())(header) == key


def test_a_keys_use_is_noted_once_an_hour() -> None:
    api_keys, clock = MemoryApiKeys(), Clock()
    _, key = issue(api_keys)
    noted = []
    for _ in range(6):
        assert Authorization(api_keys, clock)("Bearer stf_secret0")  # a worker that has just begun
        noted.append(api_keys.stored[key.secret_id].last_used_at)
        clock.now += 1200
    assert noted == ["2026-11-23T12:00:00.000Z"] * 3 + ["2026-11-23T13:00:00.000Z"] * 3


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\nb", "a\x00"])
def test_a_key_has_a_name_that_can_be_read(name: str) -> None:
    api_keys = MemoryApiKeys()
    with pytest.raises(Rejected, match="name"):
        KeyIssue(api_keys=api_keys, clock=Clock(), new_secret=lambda: "s")(name, "ada@example.com", ("content",))
    assert api_keys.stored == {}


def test_a_revoked_key_works_a_minute_more_at_most_and_a_new_one_at_once() -> None:
    api_keys, clock = MemoryApiKeys(), Clock()
    authorize = Authorization(api_keys, clock)
    assert authorize("Bearer stf_secret0") is None
    _, key = issue(api_keys)
    assert authorize("Bearer stf_secret0") == key
    api_keys.revoke(key.secret_id, NOON_TEXT)
    clock.now += CACHE_SECONDS - 1
    assert authorize("Bearer stf_secret0") == key
    clock.now += 1
    assert authorize("Bearer stf_secret0") is None


def test_guesses_fill_no_memory() -> None:
    authorize = Authorization(MemoryApiKeys(), Clock())
    for number in range(100):
        authorize(f"Bearer guess{number}")
    assert authorize.remembered == {}
