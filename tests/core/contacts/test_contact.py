from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.contacts.contact import (
    EVERYTHING,
    PROPERTIES_MAX,
    PROPERTIES_OCTETS_MAX,
    SPELLINGS_MAX,
    Contact,
    Decision,
    SubscriptionStatus,
)
from functions.core.contacts.subscriptions import consent
from functions.core.contacts.subscriptions.subscription import BUILT_IN, SubscriptionType
from functions.core.emails.email import TRANSACTIONAL
from functions.core.outcomes import SendResult
from tests.support.examples import NOON_TEXT

NOON, LATER = NOON_TEXT, "2026-11-23T13:00:00.000Z"
TIMES = [f"2026-11-23T{hour}:00:00.000Z" for hour in range(10, 20)]
Change = Callable[[Contact], Contact]


def a_contact(**changed: object) -> Contact:
    return Contact(email="ada@example.net", created_at=NOON_TEXT, **changed)  # type: ignore[arg-type]  # whatever a test names


def decision(status: SubscriptionStatus, at: str = NOON_TEXT) -> Decision:
    return Decision(status=status, at=at, source="ada")


def changes() -> st.SearchStrategy[list[Change]]:
    """Each change has its own time: two changes at the same instant have no order."""

    def change(kind: int, name: str, at: str) -> Change:
        value = f"{name} at {at}"
        return (
            lambda contact: contact.with_properties({name: value}, at),
            lambda contact: contact.with_decisions({name: decision(SubscriptionStatus.NOT_SUBSCRIBED, at)}),
            lambda contact: contact.with_bounce(at, value),
            lambda contact: contact.reinstated(at),
            lambda contact: contact.with_complaint(at),
            lambda contact: contact.with_spelling(f"{name.upper()}da@Example.net"),
        )[kind]

    one = st.builds(lambda kind, name: (kind, name), st.integers(0, 5), st.sampled_from("abc"))
    return st.lists(one, max_size=6).map(
        lambda drawn: [change(*what, at) for what, at in zip(drawn, TIMES, strict=False)]
    )


@given(changes(), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_gives_the_same_contact(changes: list[Change], chance: object) -> None:
    shuffled = [*changes, *changes]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    straight, other = a_contact(), a_contact()
    for change in changes:
        straight = change(straight)
    for change in shuffled:
        other = change(other)
    assert straight == other


def test_a_late_send_does_not_undo_a_later_one() -> None:
    contact = (
        a_contact()
        .with_properties({"city": "Rome"}, TIMES[1])
        .with_properties({"city": "Oslo", "name": "Ada"}, TIMES[0])
    )
    assert contact.values == {"city": "Rome", "name": "Ada"}


def test_an_address_is_stored_as_ses_lists_it() -> None:
    contact = a_contact()
    for written in ("Ada@Example.NET", "ada@EXAMPLE.net", "Ada@example.net", "ADA@example.net"):
        contact = contact.with_spelling(written)
    assert contact.spellings == ("ADA@example.net", "Ada@example.net")


@given(st.permutations(range(SPELLINGS_MAX + 10)))
def test_spellings_have_a_limit_in_any_order(numbers: list[int]) -> None:
    contact = a_contact()
    for number in numbers:
        contact = contact.with_spelling(f"Ada+{number:02}@example.net")
    assert contact.spellings == tuple(f"Ada+{number:02}@example.net" for number in range(SPELLINGS_MAX))


def test_a_contact_does_not_outgrow_its_item() -> None:
    """Properties beyond the limits are omitted, and stored ones stay complete."""
    many = a_contact().with_properties({f"p{number}": "x" for number in range(PROPERTIES_MAX + 50)}, NOON_TEXT)
    assert len(many.properties) == PROPERTIES_MAX
    assert many.with_properties({"p0": "changed"}, TIMES[9]).values["p0"] == "changed"
    large = a_contact().with_properties(
        {"a": "ok", "b": "é" * PROPERTIES_OCTETS_MAX, "": "nameless", "c": "ok"}, NOON_TEXT
    )
    assert large.values == {"a": "ok", "c": "ok"}


REFUSED = {
    "bounced": (a_contact().with_bounce(NOON_TEXT, "550"), SendResult.PREVIOUSLY_BOUNCED),
    "complained": (a_contact().with_complaint(NOON_TEXT), SendResult.PREVIOUS_SPAM),
    "left the type": (
        a_contact().with_decisions({"news": decision(SubscriptionStatus.NOT_SUBSCRIBED)}),
        SendResult.PREVIOUSLY_UNSUBSCRIBED_MESSAGE,
    ),
    "left all": (
        a_contact()
        .with_decisions({EVERYTHING: decision(SubscriptionStatus.NOT_SUBSCRIBED)})
        .with_decisions({"news": decision(SubscriptionStatus.SUBSCRIBED)}),
        SendResult.PREVIOUSLY_UNSUBSCRIBED_PORTAL,
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_each_status_refuses_non_transactional_mail(why: str) -> None:
    contact, result = REFUSED[why]
    refusal = consent.refusal("news", contact)
    assert refusal
    assert refusal.result is result
    assert "ada@example.net" in refusal.reason
    assert consent.refusal(TRANSACTIONAL, contact) is None


@pytest.mark.parametrize(
    "contact",
    [
        None,
        a_contact(),
        a_contact().with_decisions({"other": decision(SubscriptionStatus.NOT_SUBSCRIBED)}),
        a_contact()
        .with_decisions({"news": decision(SubscriptionStatus.NOT_SUBSCRIBED)})
        .with_decisions({"news": decision(SubscriptionStatus.SUBSCRIBED, TIMES[9])}),
    ],
)
def test_a_contact_without_an_opt_out_may_be_mailed(contact: Contact | None) -> None:
    assert consent.refusal("news", contact) is None


def test_a_lifted_quarantine_stays_lifted_until_the_next_bounce() -> None:
    """A repeated or late event of the same bounce changes nothing."""
    lifted = a_contact().with_bounce(TIMES[1], "550").reinstated(TIMES[2])
    assert consent.refusal("news", lifted.with_bounce(TIMES[0], "550").with_bounce(TIMES[1], "550")) is None
    again = consent.refusal("news", lifted.with_bounce(TIMES[3], "still 550"))
    assert again
    assert (again.result, "still 550" in again.reason) == (SendResult.PREVIOUSLY_BOUNCED, True)


def test_the_gravest_status_is_reported() -> None:
    """Any number of them refuses the mail, and the reason is the gravest one."""
    for several in itertools.combinations(REFUSED.values(), 2):
        (first, result), (second, _) = several
        both = a_contact(
            bounce=first.bounce or second.bounce,
            complained_at=first.complained_at or second.complained_at,
            decisions={**second.decisions, **first.decisions},
        )
        refusal = consent.refusal("news", both)
        assert refusal
        assert refusal.result is result or EVERYTHING in second.decisions


def test_a_type_must_exist_and_be_active() -> None:
    news = SubscriptionType(id="news", name="News", created_at=NOON_TEXT, updated_at=NOON_TEXT)
    ended = SubscriptionType(id="news", name="News", active=False, created_at=NOON_TEXT, updated_at=NOON_TEXT)
    assert consent.type_refusal("news", news) is None
    assert consent.type_refusal(TRANSACTIONAL, None) is None
    assert BUILT_IN.id == TRANSACTIONAL
    for stored, reason in ((None, "does not exist"), (ended, "is not active")):
        refusal = consent.type_refusal("news", stored)
        assert refusal
        assert refusal.result is SendResult.EMAIL_DISABLED
        assert reason in refusal.reason


def test_an_actors_values_replace_those_of_any_send() -> None:
    sent = Contact(email="ada@example.net", created_at=NOON).with_properties({"city": "Rome"}, LATER)
    changed = sent.with_values({"city": "Oslo", "zip": "1"}, NOON)
    assert (changed.values, changed.properties["city"].at) == ({"city": "Oslo", "zip": "1"}, LATER)
    assert changed.with_properties({"city": "Rome"}, LATER).values["city"] == "Oslo"


def test_a_later_send_ends_an_archiving() -> None:
    archived = Contact(email="ada@example.net", created_at=NOON).archived(LATER)
    assert archived.with_properties({}, NOON).archived_at == archived.with_properties({}, LATER).archived_at == LATER
    assert archived.with_properties({}, "2999-01-01T00:00:00.000Z").archived_at is None


def test_a_merged_contact_stays_merged() -> None:
    merged = Contact(email="ada@example.net", created_at=NOON).merged_with("bob@example.net", LATER)
    assert merged.with_properties({}, "2999-01-01T00:00:00.000Z").archived_at == LATER


def test_a_contact_absorbs_gaps_and_opt_outs_only() -> None:
    def with_status(email: str, status: SubscriptionStatus, **values: str) -> Contact:
        decision = Decision(status=status, at=LATER, source="x")
        contact = Contact(email=email, created_at=NOON).with_values(values, NOON)
        return contact.with_decisions({"news": decision, EVERYTHING: decision})

    left = with_status("ada@example.net", SubscriptionStatus.NOT_SUBSCRIBED, city="Rome")
    member = with_status("bob@example.net", SubscriptionStatus.SUBSCRIBED, city="Oslo", zip="1")
    assert left.absorbed(member).unsubscribed("news"), "a subscription is not carried over"
    into = member.absorbed(left)
    assert (into.unsubscribed("news"), into.values, into.merged) == (True, {"city": "Oslo", "zip": "1"}, (left.email,))
    assert left.absorbed(member).values == {"city": "Rome", "zip": "1"}


def test_a_spam_report_follows_the_person_to_a_new_address() -> None:
    new, old = Contact(email="new@example.net", created_at=NOON), a_contact().with_complaint(NOON)
    assert new.succeeding(old).essential_only
    back = decision(SubscriptionStatus.SUBSCRIBED, LATER)
    assert not new.succeeding(old.with_decisions({EVERYTHING: back})).essential_only, "it was withdrawn"
    assert new.with_complaint(LATER).succeeding(old).complained_at == LATER
    assert new.absorbed(old).essential_only, "a merge, too"


def test_a_spam_report_after_a_return_counts_again() -> None:
    """Events come in any order, and more than once."""
    back = decision(SubscriptionStatus.SUBSCRIBED, LATER)
    returned = a_contact().with_complaint(NOON).with_decisions({EVERYTHING: back})
    again = "2026-12-01T00:00:00.000Z"
    for reports in ([again], [again, NOON], [NOON, again]):
        contact = returned
        for at in reports:
            contact = contact.with_complaint(at)
        assert contact.has_complained
    assert not returned.with_complaint(NOON).has_complained


def test_a_move_without_a_spam_report_adds_none() -> None:
    assert Contact(email="new@example.net", created_at=NOON).succeeding(a_contact()).complained_at is None


def test_the_number_is_of_the_address_in_any_case() -> None:
    numbers = {Contact(email=email, created_at=NOON).id for email in ("ada@example.net", "ADA@example.net")}
    assert len(numbers) == 1
    assert 0 < numbers.pop() < 2**53


def test_the_last_change_of_any_kind_is_the_modification() -> None:
    contact = Contact(email="ada@example.net", created_at=NOON)
    assert contact.modified_at == NOON
    assert contact.with_complaint(LATER).modified_at == contact.with_bounce(LATER, "550").modified_at == LATER
