from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core import ids
from functions.core.contacts.contact import EVERYTHING, Contact, Decision, SubscriptionStatus
from functions.core.contacts.subscriptions.status import SPAM_REPORT, StatusState, status_of, wide_status
from functions.core.contacts.subscriptions.subscription import BUILT_IN, ID_PATTERN, SubscriptionType

NEWS = SubscriptionType(id="news", name="News", created_at="2026-01-01T00:00:00.000Z", updated_at="")
IN = SubscriptionStatus.SUBSCRIBED
OUT = SubscriptionStatus.NOT_SUBSCRIBED
LATER = "2026-11-23T13:00:00.000Z"
AT = "2026-11-23T12:00:00.000Z"


def contact(complained_at: str | None = None, **decisions: SubscriptionStatus) -> Contact:
    stored = {
        EVERYTHING if key == "everything" else key: Decision(status=status, at=AT, source="ada@example.com")
        for key, status in decisions.items()
    }
    return Contact(email="ada@example.net", created_at=AT, decisions=stored, complained_at=complained_at)


@pytest.mark.parametrize(
    ("person", "state", "wide"),
    [
        (None, StatusState.NOT_SPECIFIED, False),
        (contact(), StatusState.NOT_SPECIFIED, False),
        (contact(news=IN), StatusState.SUBSCRIBED, False),
        (contact(news=OUT), StatusState.UNSUBSCRIBED, False),
        (contact(offers=OUT), StatusState.NOT_SPECIFIED, False),
        (contact(news=IN, everything=OUT), StatusState.UNSUBSCRIBED, True),
        (contact(everything=IN), StatusState.NOT_SPECIFIED, False),
        (contact(AT, news=IN), StatusState.UNSUBSCRIBED, True),
    ],
)
def test_a_decision_about_all_mail_overrides_the_types(person: Contact | None, state: StatusState, wide: bool) -> None:
    status = status_of(person, NEWS)
    assert (status.state, status.wide) == (state, wide)
    assert status_of(person, BUILT_IN).state is StatusState.SUBSCRIBED


def test_a_spam_report_is_the_source_of_a_status() -> None:
    status = wide_status(contact(LATER))
    assert (status.state, status.at, status.source) == (StatusState.UNSUBSCRIBED, LATER, SPAM_REPORT)
    assert wide_status(contact()).state is StatusState.NOT_SPECIFIED


@given(st.from_regex(ID_PATTERN, fullmatch=True) | st.integers(0, 2**70).map(str))
def test_the_number_of_a_type_is_exact_in_javascript(type_id: str) -> None:
    number = ids.subscription_number(type_id)
    assert 0 <= number <= 2**53 - 1
    if type_id.isdecimal() and str(int(type_id)) == type_id and int(type_id) < 2**53:
        assert number == int(type_id)


def test_the_numbers_of_types_are_stable() -> None:
    """Callers store them."""
    numbers = [ids.subscription_number(name) for name in ("TRANSACTIONAL", "news", "7", "07")]
    assert numbers == [108739439320343, 11899192826698, 7, 50771286928458]
