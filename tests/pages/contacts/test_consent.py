"""A person's consent in a browser: what they decided, and a decision that a member of the team enters for them."""

from __future__ import annotations

from typing import get_args

import pytest

from functions import wiring
from functions.core.access.roles import Role
from functions.core.contacts.contact import EVERYTHING, Contact, Decision, SubscriptionStatus
from functions.core.contacts.subscriptions.legal_basis import LegalBasis
from functions.pages.contacts.consent import BASES
from functions.wiring import Container
from tests.support.console import room_examples
from tests.support.console.people import signed_in
from tests.support.console.room_examples import CONSENT, PERSON
from tests.support.examples import NOON_TEXT, a_subscription_type

EMAIL = "page@example.net"
AGREED = {"basis": "CONSENT_WITH_NOTICE", "explanation": "asked at the fair", "confirmed": "on"}


@pytest.fixture
def stored(aws: Container) -> Container:
    room_examples.prepare(aws)
    aws.get(wiring.adapters.contacts.subscription_types).put(a_subscription_type(name="Weekly <news>"))
    return aws


def contact(aws: Container) -> Contact:
    one = aws.get(wiring.adapters.contacts.contacts).get(EMAIL)
    assert one
    return one


def leave(aws: Container, key: str) -> None:
    left = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="unsubscribe link")
    aws.get(wiring.adapters.contacts.contacts).set_subscription(EMAIL, key, left)


def test_each_type_shows_a_decision_or_none(stored: Container) -> None:
    page = signed_in(Role.EDITOR).get(PERSON)
    assert "Weekly <news> No decision" in page.text
    assert f'href="{CONSENT}/subscribe"' in page.html
    assert "<news>" not in page.html


def test_each_legal_basis_has_words() -> None:
    assert BASES.keys() == set(get_args(LegalBasis))


def test_a_subscription_stores_its_ground(stored: Container) -> None:
    page = signed_in(Role.EDITOR).submit(f"{CONSENT}/subscribe", **AGREED)
    assert "They are subscribed to Weekly <news>." in page.text
    assert "asked at the fair" in page.text
    decision = contact(stored).decisions["news"]
    assert decision.status is SubscriptionStatus.SUBSCRIBED
    assert (decision.source, decision.legal_basis) == ("editor@example.com", "CONSENT_WITH_NOTICE")
    entry = stored.get(wiring.adapters.access.audit_entries).latest(1)[0]
    assert (entry.action, entry.detail) == ("contact.subscribed", {"subscription": "news"})
    assert EMAIL not in entry.subject


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({**AGREED, "basis": ""}, "choose why they may be mailed"),
        ({**AGREED, "basis": "ON_A_WHIM"}, "choose why they may be mailed"),
        ({**AGREED, "confirmed": ""}, "confirm that they agreed"),
        ({**AGREED, "explanation": "x" * 1001}, "at most 1000 characters"),
    ],
)
def test_a_subscription_without_ground_or_box_is_refused(stored: Container, fields: dict[str, str], error: str) -> None:
    page = signed_in(Role.EDITOR).submit(f"{CONSENT}/subscribe", **fields)
    assert page.status == 400
    assert error in page.text
    assert fields["explanation"][:10] in page.html, "what was entered stays"
    assert contact(stored).decisions == {}


def test_who_left_comes_back_with_a_warning(stored: Container) -> None:
    leave(stored, "news")
    browser = signed_in(Role.EDITOR)
    assert "They unsubscribed on" in browser.get(f"{CONSENT}/subscribe").text
    browser.submit(f"{CONSENT}/subscribe", **AGREED)
    assert contact(stored).subscribed("news")


def test_who_left_all_mail_comes_back_to_one_type(stored: Container) -> None:
    stored.get(wiring.adapters.contacts.subscription_types).put(a_subscription_type(id="offers", name="Offers"))
    leave(stored, EVERYTHING)
    browser = signed_in(Role.EDITOR)
    assert "They come back to this type only." in browser.get(f"{CONSENT}/subscribe").text
    browser.submit(f"{CONSENT}/subscribe", **AGREED)
    assert (contact(stored).subscribed("news"), contact(stored).subscribed("offers")) == (True, False)


def test_who_reported_spam_is_not_subscribed_here(stored: Container) -> None:
    stored.get(wiring.adapters.contacts.contacts).mark_complained(EMAIL, NOON_TEXT)
    browser = signed_in(Role.EDITOR)
    assert "/subscribe" not in browser.get(PERSON).html
    assert "Only the link in a mail of theirs" in browser.get(f"{CONSENT}/subscribe").text
    token = browser.get("/console").csrf
    assert browser.post(f"{CONSENT}/subscribe", csrf=token, **AGREED).status == 400
    assert not contact(stored).subscribed("news")


def test_a_person_is_unsubscribed_from_one_type(stored: Container) -> None:
    page = signed_in(Role.EDITOR).submit(f"{CONSENT}/unsubscribe", basis="", explanation="asked by phone")
    assert "They are unsubscribed from Weekly <news>." in page.text
    assert contact(stored).decisions["news"].legal_basis_explanation == "asked by phone"
    assert stored.get(wiring.adapters.access.audit_entries).latest(1)[0].action == "contact.unsubscribed"


def test_a_person_is_unsubscribed_from_all_mail(stored: Container) -> None:
    page = signed_in(Role.EDITOR).submit(f"{PERSON}/consent/%2A/unsubscribe")
    assert "They are unsubscribed from all marketing mail." in page.text
    assert contact(stored).unsubscribed(EVERYTHING)
    entry = stored.get(wiring.adapters.access.audit_entries).latest(1)[0]
    assert (entry.action, entry.detail) == ("contact.unsubscribed", {"subscription": EVERYTHING})


def test_a_repeated_decision_has_no_second_entry(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    browser.submit(f"{CONSENT}/unsubscribe")
    entries = stored.get(wiring.adapters.access.audit_entries).latest(10)
    browser.submit(f"{CONSENT}/unsubscribe")
    assert stored.get(wiring.adapters.access.audit_entries).latest(10) == entries


def test_an_address_with_a_percent_sign_has_its_form(stored: Container) -> None:
    stored.get(wiring.adapters.contacts.contacts).upsert("a%41b@example.net", {}, NOON_TEXT)
    browser = signed_in(Role.EDITOR)
    page = browser.get("/console/contacts/a%2541b%40example.net/consent/news/unsubscribe")
    assert 'action="/console/contacts/a%2541b%40example.net/consent/news/unsubscribe"' in page.html


@pytest.mark.parametrize("path", [f"{PERSON}/consent/nothing/subscribe", f"{PERSON}/consent/%2A/subscribe"])
def test_what_cannot_be_subscribed_to_has_no_page(stored: Container, path: str) -> None:
    assert signed_in(Role.EDITOR).get(path).status == 404
