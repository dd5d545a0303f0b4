"""The preferences page of an unsubscribe link and its one-click button over HTTP, on tables in moto."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import pairwise
from operator import methodcaller
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import api, wiring
from functions.core.addresses import Address
from functions.core.contacts.contact import EVERYTHING, Contact
from functions.core.contacts.subscriptions import consent
from functions.core.contacts.subscriptions.unsubscribe_link import UnsubscribeLink, parse
from functions.core.events import timeline
from functions.core.sending.send import MessageKey
from functions.wiring import Container
from tests.support.aws.cloud import worker
from tests.support.events import CONTEXT, http
from tests.support.examples import NOON, NOON_TEXT, a_document, a_message, a_revision, a_subscription_type, an_email

LINK = UnsubscribeLink(MessageKey("s-1", 0), "a-secret")
PATH = LINK.url("")
TYPES: list[dict[str, Any]] = [
    {"name": "News & <b>more</b>"},
    {"id": "offers", "name": "Offers", "description": "Once a month"},
    {"id": "events", "name": "Events"},
    {"id": "old", "name": "Discontinued", "active": False},
]
ONE_CLICK = "List-Unsubscribe=One-Click"


@pytest.fixture
def aws() -> Iterator[Container]:
    with worker() as container:
        for changed in TYPES:
            container.get(wiring.adapters.contacts.subscription_types).put(a_subscription_type(**changed))
        message = a_message(address="Ada@example.net", subscription="news", revision=1)
        container.get(wiring.adapters.sending.sends).create([message])
        container.get(wiring.adapters.sending.sends).claim(
            MessageKey("s-1", 0), now=NOON, lease_seconds=60, grace_seconds=60, unsubscribe_id=LINK.secret_id
        )
        yield container


def visit(
    method: str, path: str = PATH, form: str = "", query: dict[str, str] | None = None, accept_language: str = ""
) -> tuple[int, str]:
    """Calls as a browser: without a key."""
    event = http(method, path, scopes=None)
    event |= {"body": form, "queryStringParameters": query}
    event["headers"] |= {"accept-language": accept_language}
    answer = api.handler(event, CONTEXT)
    assert answer["headers"]["content-type"] == "text/html;charset=utf-8"
    assert "default-src 'none'" in answer["headers"]["content-security-policy"]
    assert answer["headers"]["cache-control"] == "no-store"
    assert "<script" not in answer["body"]
    return answer["statusCode"], answer["body"]


def contact_of(aws: Container) -> Contact:
    contact = aws.get(wiring.adapters.contacts.contacts).get("ada@example.net")
    assert contact
    return contact


def facts(aws: Container) -> list[Any]:
    message = aws.get(wiring.adapters.sending.sends).get(MessageKey("s-1", 0))
    assert message
    return [(fact["kind"], fact["subscription"]) for fact in timeline.in_order(message.timeline)]


def test_a_get_changes_nothing(aws: Container) -> None:
    """Filters and scanners follow every link. The page names the address and the type."""
    for query in (None, {"all": "true"}):
        assert visit("HEAD", query=query)[0] == 200, "a scanner or a mail program checks the link"
        status, html = visit("GET", query=query)
        assert status == 200
        assert "Ada@example.net" in html
        assert "News &amp; &lt;b&gt;more&lt;/b&gt;" in html
        assert re.findall(r'class="primary" name="scope" value="(\w+)"', html) == ["all" if query else "type"]
    assert aws.get(wiring.adapters.contacts.contacts).get("ada@example.net") is None
    assert facts(aws) == []


@pytest.mark.parametrize("form", [ONE_CLICK, "scope=type", "", "--x\r\nContent-Disposition: form-data", "%ff=%fe"])
def test_a_post_unsubscribes_from_the_mails_own_type(aws: Container, form: str) -> None:
    for _ in range(2):
        status, html = visit("POST", form=form)
        assert (status, "You are unsubscribed" in html) == (200, True)
    assert contact_of(aws).unsubscribed("news")
    assert not contact_of(aws).unsubscribed(EVERYTHING)
    assert facts(aws) == [("UNSUBSCRIBED", "news")]


@pytest.mark.parametrize(("form", "query"), [("scope=all", None), (ONE_CLICK, {"all": "true"})])
def test_a_post_can_unsubscribe_from_everything(aws: Container, form: str, query: dict[str, str] | None) -> None:
    visit("POST", form=form, query=query)
    assert contact_of(aws).unsubscribed(EVERYTHING)
    assert facts(aws) == [("UNSUBSCRIBED", EVERYTHING)]


def test_an_old_mails_link_reaches_the_persons_present_address(aws: Container) -> None:
    """The contact moved twice since the mail. A return counts for the mail's own address only."""
    addresses = ["ada@example.net", "ada@second.example", "ada@third.example"]
    contacts = aws.get(wiring.adapters.contacts.contacts)
    for email, into in pairwise(addresses):
        contacts.edit(email, NOON_TEXT, methodcaller("merged_with", into, NOON_TEXT))
    contacts.edit(addresses[-1], NOON_TEXT, lambda contact: contact)
    visit("POST", form=ONE_CLICK)
    assert [person.unsubscribed("news") for person in contacts.read_all(addresses).values()] == [True] * 3
    visit("POST", form="action=return")
    states = {email: person.unsubscribed("news") for email, person in contacts.read_all(addresses).items()}
    assert states == {addresses[0]: False, addresses[1]: True, addresses[2]: True}


def test_the_forms_choice_overrides_the_links(aws: Container) -> None:
    visit("POST", form="scope=type", query={"all": "true"})
    assert not contact_of(aws).unsubscribed(EVERYTHING)


def save(listed: Iterable[str], checked: Iterable[str]) -> str:
    """Submits the form with all types."""
    pairs = [*(("listed", type_) for type_ in listed), *(("subscription", type_) for type_ in checked)]
    return visit("POST", form=urlencode([*pairs, ("action", "save")]))[1]


def checkboxes(html: str) -> dict[str, bool]:
    boxes = re.findall(r'<input type="checkbox" name="subscription" value="(\w+)"( checked)?>', html)
    return {type_: bool(checked) for type_, checked in boxes}


def headings(html: str) -> list[str]:
    return re.findall(r"<h1>(.*?)</h1>", html)


def text_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html.partition("<main>")[2]))


ALL = ("news", "offers", "events")


def test_the_page_shows_the_present_state(aws: Container) -> None:
    subscribed = visit("GET")[1]
    assert "You are subscribed to News" in text_of(subscribed)
    assert checkboxes(subscribed) == dict.fromkeys(ALL, True)
    for html in (visit("POST", form="scope=type")[1], visit("GET")[1]):
        assert "You are unsubscribed from News" in text_of(html)
        assert "You are subscribed" not in text_of(html)
        assert checkboxes(html) == {"news": False, "offers": True, "events": True}
        assert 'name="action" value="return"' in html
    for html in (visit("POST", form="scope=all")[1], visit("GET")[1]):
        assert "You get only essential emails" in text_of(html)
        assert checkboxes(html) == dict.fromkeys(ALL, False)
        assert ('value="return"' in html, 'value="all"' in html) == (True, False)
    returned = visit("POST", form="action=return")[1]
    assert headings(returned) == ["You are subscribed again"]
    assert checkboxes(returned) == dict.fromkeys(ALL, True)


def test_a_spam_report_is_shown_as_an_opt_out(aws: Container) -> None:
    aws.get(wiring.adapters.contacts.contacts).mark_complained("ada@example.net", "2026-01-01T00:00:00.000Z")
    html = visit("GET")[1]
    assert "You get only essential emails" in text_of(html)
    assert checkboxes(html) == dict.fromkeys(ALL, False)


@pytest.mark.parametrize(
    ("name", "title"), [("Acme & Sons", "Acme & Sons"), ("", "example.com"), ("{{ custom.shop }} team", "example.com")]
)
def test_the_page_names_the_sender(aws: Container, name: str, title: str) -> None:
    """The From name of the email. Its domain, if there is no name or the name depends on the send."""
    revision = a_revision(sender=Address("news@example.com", name), subscription="news")
    email = an_email(subscription="news")
    aws.get(wiring.adapters.emails.emails).publish(email, revision, a_document())
    assert f"Emails from {title} to Ada@example.net." in text_of(visit("GET")[1])


def test_an_unknown_email_is_from_the_domain(aws: Container) -> None:
    assert "Emails from example.com to Ada@example.net." in text_of(visit("GET")[1])


def test_a_person_chooses_types(aws: Container) -> None:
    html = save(ALL, ["offers"])
    assert headings(html) == ["Your preferences are saved"]
    assert checkboxes(html) == {"news": False, "offers": True, "events": False}
    assert set(contact_of(aws).decisions) == {"news", "events"}, "a choice that changes nothing is no decision"
    assert facts(aws) == [("UNSUBSCRIBED", "news")]
    assert checkboxes(save(ALL, ALL)) == dict.fromkeys(ALL, True)


def test_a_type_that_the_form_did_not_list_stays(aws: Container) -> None:
    """A type may be created between the page and the choice."""
    assert checkboxes(save(["news", "offers"], [])) == {"news": False, "offers": False, "events": True}


def test_a_return_to_one_type_is_to_that_type_only(aws: Container) -> None:
    """Also types that the page does not list are not mailed, should they become active again."""
    visit("POST", form="scope=all")
    html = save(ALL, ["offers"])
    assert checkboxes(html) == {"news": False, "offers": True, "events": False}
    assert [consent.refusal(type_, contact_of(aws)) is None for type_ in ("offers", "old")] == [True, False]


def test_saving_without_a_choice_keeps_an_opt_out(aws: Container) -> None:
    visit("POST", form="scope=all")
    before = contact_of(aws)
    save(ALL, [])
    assert contact_of(aws) == before


def test_a_form_cannot_choose_other_keys(aws: Container) -> None:
    save(["*", "TRANSACTIONAL", "unknown", "a" * 2000], [])
    assert aws.get(wiring.adapters.contacts.contacts).get("ada@example.net") is None


def test_the_mails_own_type_is_listed_when_inactive(aws: Container) -> None:
    aws.get(wiring.adapters.contacts.subscription_types).put(a_subscription_type(active=False))
    assert list(checkboxes(visit("GET")[1])) == ["news", "events", "offers"]


@pytest.mark.parametrize(
    ("query", "hs_language", "accept", "language"),
    [
        (None, "", "", "en"),
        (None, "", "it-IT,it;q=0.9,en;q=0.5", "it"),
        (None, "", "de,fr;q=0.9", "en"),
        (None, "it", "en", "it"),
        (None, "de", "it", "it"),
        (None, "it_it", "", "it"),
        ({"language": "en"}, "it", "it", "en"),
        ({"language": "it"}, "", "en", "it"),
        ({"language": "../it"}, "", "it", "it"),
    ],
)
def test_the_page_is_in_the_readers_language(
    aws: Container, query: dict[str, str] | None, hs_language: str, accept: str, language: str
) -> None:
    """Stated by the link, else by the contact, else by the browser. An email's own language is a default, and states nothing."""
    if hs_language:
        aws.get(wiring.adapters.contacts.contacts).upsert(
            "ada@example.net", {"hs_language": hs_language}, "2026-01-01T00:00:00.000Z"
        )
    titles = {"en": "Email preferences", "it": "Preferenze email"}
    html = visit("GET", query=query, accept_language=accept)[1]
    assert (f'<html lang="{language}">' in html, headings(html)) == (True, [titles[language]])


def test_an_invalid_link_is_explained_in_the_readers_language(aws: Container) -> None:
    assert headings(visit("GET", "/unsubscribe/x", accept_language="it")[1]) == ["Questo link non è valido o è scaduto"]


def test_the_page_offers_the_other_language(aws: Container) -> None:
    html = visit("GET", query={"all": "true", "language": "it"})[1]
    assert 'href="?all=true&amp;language=en" lang="en"' in html


def test_the_page_is_accessible(aws: Container) -> None:
    """One heading of level 1, a legend, a label around every control, and names on every button."""
    html = visit("GET")[1]
    assert len(headings(html)) == html.count("<h1") == html.count("<legend>") == 1
    labels = re.findall(r"<label>.*?</label>", html, re.DOTALL)
    assert sum(label.count('type="checkbox"') for label in labels) == html.count('type="checkbox"') == len(ALL)
    assert all(text_of("<main>" + name).strip() for name in re.findall(r"<button.*?</button>", html, re.DOTALL))


def test_a_person_can_resubscribe(aws: Container) -> None:
    """Also after a spam report: the same person withdraws it."""
    aws.get(wiring.adapters.contacts.contacts).mark_complained("ada@example.net", "2026-01-01T00:00:00.000Z")
    visit("POST", form="scope=all")
    assert consent.refusal("news", contact_of(aws))
    status, html = visit("POST", form="action=return")
    assert (status, "subscribed again" in html) == (200, True)
    assert consent.refusal("news", contact_of(aws)) is None


@pytest.mark.parametrize(
    "path",
    ["/unsubscribe/s-1.0.dry-run", "/unsubscribe/s-1.1.a-secret", "/unsubscribe/s-2.0.a-secret", "/unsubscribe/x"],
)
def test_an_invalid_link_changes_nothing(aws: Container, path: str) -> None:
    for method in ("GET", "HEAD", "POST"):
        status, html = visit(method, path)
        assert (status, "Ada" in html) == (404, False)
    assert aws.get(wiring.adapters.contacts.contacts).get("ada@example.net") is None


def test_a_request_with_another_method_logs_no_secret(aws: Container, capsys: pytest.CaptureFixture[str]) -> None:
    answer = api.handler(http("PUT", PATH, scopes=None), CONTEXT)
    assert (answer["statusCode"], "a-secret" in answer["body"]) == (404, False)
    assert "a-secret" not in capsys.readouterr().out


def test_no_link_opens_a_mail_without_one() -> None:
    assert not UnsubscribeLink(MessageKey("s-1", 0), "").matches(a_message())
    assert not LINK.matches(None)


@given(st.text())
def test_any_text_is_a_link_or_rejected(text: str) -> None:
    try:
        link = parse(text)
    except ValueError:
        return
    assert 0 <= link.key.recipient < 100


def test_a_link_reads_back() -> None:
    assert parse(PATH.rpartition("/")[2]) == LINK
