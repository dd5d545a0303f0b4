"""HubSpot's v4 and dated preferences over HTTP, on the contacts table in moto."""

from __future__ import annotations

from operator import methodcaller
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from functions import api, wiring
from functions.core import ids
from functions.core.contacts.subscriptions import unsubscribe_link
from functions.core.contacts.subscriptions.consent import refusal
from functions.core.contacts.subscriptions.status import StatusState
from functions.wiring import Container
from tests.support.events import CONTEXT, http
from tests.support.examples import NOON_TEXT
from tests.support.http.api import call

TYPES = "/staffetta/v1/subscription-types"
BASE = "/communication-preferences/2026-03"
ADA = "ada@example.net"
BOB = "bob@example.net"
EMAIL = {"channel": "EMAIL"}
NEWS = ids.subscription_number("news")
OFFERS = ids.subscription_number("offers")
TRANSACTIONAL = ids.subscription_number("TRANSACTIONAL")


@pytest.fixture(autouse=True)
def _types(aws: Container) -> None:
    for name in ("news", "offers"):
        assert call("POST", TYPES, {"name": name.title(), "id": name})[0] == 201


def read(path: str, base: str = BASE, **query: str) -> tuple[int, Any]:
    return call("GET", base + path, None, queryStringParameters=EMAIL | query)


def write(path: str, body: Any = None, base: str = BASE, **query: str) -> tuple[int, Any]:
    return call("POST", base + path, body, queryStringParameters=EMAIL | query)


def decide(state: str, type_: Any = NEWS, email: str = ADA, base: str = BASE) -> tuple[int, Any]:
    body = {"statusState": state, "subscriptionId": type_, **EMAIL}
    return call("POST", f"{base}/statuses/{email}", body)


def states(email: str = ADA) -> dict[str, str]:
    results = read(f"/statuses/{email}")[1]["results"]
    return {one["subscriptionName"]: one["status"] for one in results}


def reason(answer: tuple[int, Any]) -> str:
    status, body = answer
    assert (status, body["status"]) == (200, "COMPLETE"), body
    text: str = body["results"][0]["setStatusSuccessReason"]
    return text


@pytest.mark.parametrize("version", ["v4", "2025-09", "2026-03", "2026-09"])
def test_each_version_reads_and_changes_a_status(aws: Container, version: str) -> None:
    base = f"/communication-preferences/{version}"
    assert reason(decide("SUBSCRIBED", base=base)) == "REQUESTED_CHANGE_OCCURRED"
    status, body = read("/statuses/Ada@Example.net", base)
    assert status == 200
    listed = {one["subscriptionId"]: one for one in body["results"]}
    assert listed.keys() == {TRANSACTIONAL, NEWS, OFFERS}
    assert (listed[NEWS]["status"], listed[OFFERS]["status"]) == ("SUBSCRIBED", "NOT_SPECIFIED")
    assert (listed[NEWS]["subscriberIdString"], listed[NEWS]["channel"]) == (ADA, "EMAIL")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{BASE}/statuses/{ADA}", {"statusState": "UNSUBSCRIBED", "subscriptionId": NEWS, **EMAIL}),
        (f"{BASE}/statuses/{ADA}/unsubscribe-all", None),
        ("/communication-preferences/v3/unsubscribe", {"emailAddress": ADA, "subscriptionId": str(NEWS)}),
        (f"/email/public/v1/subscriptions/{ADA}", {"subscriptionStatuses": [{"id": NEWS, "subscribed": False}]}),
    ],
)
def test_an_opt_out_counts_for_the_persons_later_addresses(aws: Container, path: str, body: Any) -> None:
    contacts = aws.get(wiring.adapters.contacts.contacts)
    contacts.edit(ADA, NOON_TEXT, methodcaller("merged_with", BOB, NOON_TEXT))
    contacts.edit(BOB, NOON_TEXT, lambda one: one)
    assert call("PUT" if "v1" in path else "POST", path, body, queryStringParameters=EMAIL)[0] in {200, 204}
    assert [refusal("news", contact) is not None for contact in contacts.read_all([ADA, BOB]).values()] == [True, True]


def test_a_repeated_opt_out_reaches_a_later_address(aws: Container) -> None:
    """The person came back at the new address since."""
    contacts = aws.get(wiring.adapters.contacts.contacts)
    decide("UNSUBSCRIBED")
    contacts.edit(ADA, NOON_TEXT, methodcaller("merged_with", BOB, NOON_TEXT))
    decide("SUBSCRIBED", email=BOB)
    decide("UNSUBSCRIBED")
    assert states(BOB)["News"] == "UNSUBSCRIBED"


def test_a_permission_is_for_its_address_only(aws: Container) -> None:
    contacts = aws.get(wiring.adapters.contacts.contacts)
    contacts.edit(ADA, NOON_TEXT, methodcaller("merged_with", BOB, NOON_TEXT))
    decide("UNSUBSCRIBED", email=BOB)
    decide("SUBSCRIBED")
    assert states(BOB)["News"] == "UNSUBSCRIBED"


def test_definitions_are_named_by_number(aws: Container) -> None:
    results = read("/definitions", includeTranslations="true")[1]["results"]
    assert [one["id"] for one in results] == [str(TRANSACTIONAL), str(NEWS), str(OFFERS)]
    assert [one["number"] for one in call("GET", TYPES)[1]["results"]] == [TRANSACTIONAL, NEWS, OFFERS]
    assert results[0]["subscriptionTranslations"] == []
    assert "subscriptionTranslations" not in read("/definitions")[1]["results"][0]


def test_a_decision_reports_what_it_did(aws: Container) -> None:
    answers = [reason(decide(state)) for state in ("SUBSCRIBED", "SUBSCRIBED", "UNSUBSCRIBED", "SUBSCRIBED")]
    assert answers == [
        "REQUESTED_CHANGE_OCCURRED",
        "NO_STATUS_CHANGE",
        "REQUESTED_CHANGE_OCCURRED",
        "RESUBSCRIBE_OCCURRED",
    ]
    audited = [entry.detail for entry in aws.get(wiring.adapters.access.audit_entries).latest(3)]
    assert audited == [{"subscription": str(NEWS)}] * 3


def test_a_contact_leaves_all_mail_and_returns_to_one_type(aws: Container) -> None:
    assert read(f"/statuses/{ADA}/unsubscribe-all")[1]["results"] == []
    assert write(f"/statuses/{ADA}/unsubscribe-all")[1]["results"] == []
    assert states() == {"Transactional": "SUBSCRIBED", "News": "UNSUBSCRIBED", "Offers": "UNSUBSCRIBED"}
    (wide,) = read(f"/statuses/{ADA}/unsubscribe-all")[1]["results"]
    assert (wide["status"], wide["wideStatusType"], wide["subscriberIdString"]) == ("UNSUBSCRIBED", "PORTAL_WIDE", ADA)
    created_later = call("POST", TYPES, {"name": "Later"})[1]
    assert states()["Later"] == "UNSUBSCRIBED"

    assert reason(decide("SUBSCRIBED")) == "RESUBSCRIBE_OCCURRED"
    assert states() == {
        "Transactional": "SUBSCRIBED",
        "News": "SUBSCRIBED",
        "Offers": "UNSUBSCRIBED",
        "Later": "UNSUBSCRIBED",
    }
    assert read(f"/statuses/{ADA}/unsubscribe-all")[1]["results"] == []
    contact = aws.get(wiring.adapters.contacts.contacts).get(ADA)
    assert refusal("news", contact) is None
    assert refusal(created_later["id"], contact) is not None


def test_verbose_lists_the_statuses_that_changed(aws: Container) -> None:
    decide("UNSUBSCRIBED", OFFERS)
    results = write(f"/statuses/{ADA}/unsubscribe-all", verbose="true")[1]["results"]
    assert [(one["subscriptionId"], one["setStatusSuccessReason"]) for one in results] == [
        (NEWS, "UNSUBSCRIBE_FROM_ALL_OCCURRED")
    ]


def test_who_reported_spam_does_not_come_back_by_api(aws: Container) -> None:
    aws.get(wiring.adapters.contacts.contacts).mark_complained(ADA, "2026-11-23T12:00:00.000Z")
    status, problem = decide("SUBSCRIBED")
    assert (status, problem["errors"][0]["code"]) == (400, "COMPLAINED")
    assert reason(decide("UNSUBSCRIBED")) == "NO_STATUS_CHANGE"


@pytest.mark.parametrize(
    ("path", "body", "query", "fields"),
    [
        (f"/statuses/{ADA}", {}, {}, {"channel", "statusState", "subscriptionId"}),
        (f"/statuses/{ADA}", {"statusState": "NOT_SPECIFIED", "subscriptionId": NEWS, **EMAIL}, {}, {"statusState"}),
        (f"/statuses/{ADA}", {"statusState": "SUBSCRIBED", "subscriptionId": 9, **EMAIL}, {}, {"subscriptionId"}),
        (
            f"/statuses/{ADA}",
            {"statusState": "SUBSCRIBED", "subscriptionId": TRANSACTIONAL, **EMAIL},
            {},
            {"subscriptionId"},
        ),
        (f"/statuses/{ADA}", {"statusState": "SUBSCRIBED", "subscriptionId": NEWS, "channel": "SMS"}, {}, {"channel"}),
        (f"/statuses/{ADA}/unsubscribe-all", None, {"channel": "SMS"}, {"channel"}),
        ("/statuses/batch/read", {"inputs": ["ada"]}, {"channel": "SMS"}, {"channel", "inputs[0]"}),
        ("/statuses/batch/unsubscribe-all", {"inputs": []}, EMAIL, {"inputs"}),
    ],
)
def test_a_bad_request_is_refused(path: str, body: Any, query: dict[str, str], fields: set[str]) -> None:
    status, problem = call("POST", BASE + path, body, queryStringParameters=query)
    assert (status, {error["in"] for error in problem["errors"]}) == (400, fields)


def test_a_batch_reads_and_unsubscribes_contacts(aws: Container) -> None:
    decide("SUBSCRIBED", email=BOB)
    both = {"inputs": ["Ada@Example.net", BOB]}
    read_back = write("/statuses/batch/read", both)[1]["results"]
    assert [one["subscriberIdString"] for one in read_back] == [ADA, BOB]
    assert [one["statuses"][1]["status"] for one in read_back] == ["NOT_SPECIFIED", "SUBSCRIBED"]
    quiet = write("/statuses/batch/unsubscribe-all", {"inputs": [ADA]})[1]["results"]
    assert quiet == [{"subscriberIdString": ADA}]
    wide = write("/statuses/batch/unsubscribe-all/read", both)[1]["results"]
    assert [bool(one["wideStatuses"]) for one in wide] == [True, False]
    verbose = write("/statuses/batch/unsubscribe-all", both, verbose="true")[1]["results"]
    assert [len(one["statuses"]) for one in verbose] == [0, 2]


def test_a_batch_of_decisions_is_done_whole_or_refused(aws: Container) -> None:
    valid = {"subscriberIdString": ADA, "statusState": "SUBSCRIBED", "subscriptionId": NEWS, **EMAIL}
    bad = valid | {"subscriberIdString": BOB, "subscriptionId": 9}
    status, problem = call("POST", f"{BASE}/statuses/batch/write", {"inputs": [valid, bad]})
    assert (status, [error["in"] for error in problem["errors"]]) == (400, ["inputs[1].subscriptionId"])
    assert states()["News"] == "NOT_SPECIFIED"
    status, body = call("POST", f"{BASE}/statuses/batch/write", {"inputs": [valid, bad | {"subscriptionId": "offers"}]})
    assert [(one["subscriberIdString"], one["subscriptionName"]) for one in body["results"]] == [
        (ADA, "News"),
        (BOB, "Offers"),
    ]


@pytest.mark.parametrize("version", ["2025-09", "2026-09"])
def test_the_operations_of_v3_have_dated_twins(aws: Container, version: str) -> None:
    base = f"/communication-preferences/{version}"
    change = {"emailAddress": ADA, "subscriptionId": str(NEWS)}
    assert call("POST", f"{base}/unsubscribe", change)[1]["status"] == "NOT_SUBSCRIBED"
    assert call("POST", f"{base}/subscribe", change)[0] == 400
    assert call("POST", f"{base}/resubscribe", change)[1]["status"] == "SUBSCRIBED"
    statuses = call("GET", f"{base}/status/email/{ADA}")[1]["subscriptionStatuses"]
    assert {one["id"]: one["status"] for one in statuses}["news"] == "SUBSCRIBED"
    assert call("POST", f"{BASE}/subscribe", change)[0] == 404, "HubSpot's 2026-03 has no such operation"


def test_an_email_names_its_type_by_number(aws: Container) -> None:
    document = {
        "name": "Weekly",
        "subject": "Hi",
        "from": {"fromName": "Acme", "replyTo": "shop@example.com"},
        "content": {"html": "<a href='{{ unsubscribe_link }}'>leave</a>", "plainTextVersion": "{{ unsubscribe_link }}"},
        "subscriptionDetails": {"subscriptionId": str(NEWS)},
    }
    _, email = call("POST", "/marketing/emails/2026-03", document)
    status, problem = call("POST", f"/marketing/emails/2026-03/{email['id']}/publish")
    assert status == 204, problem
    head = aws.get(wiring.adapters.emails.emails).get(int(email["id"]))
    assert head is not None
    assert head.subscription == "news"
    numbered = call("PATCH", f"{TYPES}/{NEWS}", {"name": "Weekly news"})[1]
    assert (numbered["id"], numbered["name"]) == ("news", "Weekly news")
    transactional = document | {"subscriptionDetails": {"subscriptionId": TRANSACTIONAL}}
    assert call("POST", "/marketing/emails/2026-09", transactional)[1]["isTransactional"] is True


def test_a_new_type_takes_no_other_types_number(aws: Container) -> None:
    assert call("POST", TYPES, {"name": "x", "id": str(NEWS)})[0] == 409


def test_the_states_are_hubspots_words() -> None:
    assert list(StatusState) == ["SUBSCRIBED", "UNSUBSCRIBED", "NOT_SPECIFIED"]


def links(**body: Any) -> dict[str, str]:
    status, created = write("/links/generate", {"subscriberIdString": "Ada@Example.net", **body})
    assert status == 200, created
    reported: dict[str, str] = created
    return reported


def press(url: str, method: str = "POST", form: str = "") -> tuple[int, str]:
    """Calls as a browser: without a key."""
    target = urlsplit(url)
    event = http(method, target.path, scopes=None)
    answer = api.handler(event | {"body": form, "queryStringParameters": dict(parse_qsl(target.query))}, CONTEXT)
    return answer["statusCode"], answer["body"]


def test_a_link_shows_preferences_and_changes_nothing(aws: Container) -> None:
    created = links(subscriptionId=NEWS, language="it")
    assert created["subscriberIdString"] == ADA
    for name in ("managePreferencesUrl", "unsubscribeAllUrl", "unsubscribeSingleUrl"):
        status, page = press(created[name], "GET")
        assert (status, ADA in page, "Offers" in page, 'lang="it"' in page) == (200, True, True, True)
    assert set(states().values()) == {"SUBSCRIBED", "NOT_SPECIFIED"}
    assert "unsubscribeSingleUrl" not in links()


def test_a_link_unsubscribes_from_its_type(aws: Container) -> None:
    assert press(links(subscriptionId="news")["unsubscribeSingleUrl"])[0] == 200
    assert (states()["News"], states()["Offers"]) == ("UNSUBSCRIBED", "NOT_SPECIFIED")


def test_a_link_unsubscribes_from_all_and_returns(aws: Container) -> None:
    created = links()
    assert press(created["unsubscribeAllUrl"])[0] == 200
    assert (states()["News"], states()["Offers"]) == ("UNSUBSCRIBED", "UNSUBSCRIBED")
    assert press(created["managePreferencesUrl"], form="action=return")[0] == 200
    assert (states()["News"], states()["Offers"]) == ("NOT_SPECIFIED", "NOT_SPECIFIED")
    chosen = "action=save&listed=news&listed=offers&subscription=offers"
    assert press(created["managePreferencesUrl"], form=chosen)[0] == 200
    assert states()["News"] == "UNSUBSCRIBED"


def test_only_the_hash_of_a_link_is_stored(aws: Container) -> None:
    url = links()["managePreferencesUrl"]
    contact = aws.get(wiring.adapters.contacts.contacts).get(ADA)
    assert contact is not None
    secret = url.rpartition(".")[2]
    assert contact.link_ids == (ids.secret_id(secret),)
    assert secret not in unsubscribe_link.redacted(f"GET {url} failed")
    for wrong in (url[:-1], url.replace(secret, "x"), url.replace(secret, "")):
        assert press(wrong, "GET")[0] == 404


def test_an_erased_contact_has_no_link(aws: Container) -> None:
    url = links()["managePreferencesUrl"]
    aws.get(wiring.adapters.contacts.contacts).erase(ADA, "2030-01-01T00:00:00.000Z")
    assert press(url, "GET")[0] == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "subscriberIdString"),
        ({"subscriberIdString": ADA, "subscriptionId": 9}, "subscriptionId"),
        ({"subscriberIdString": ADA, "subscriptionId": TRANSACTIONAL}, "subscriptionId"),
    ],
)
def test_a_bad_link_request_is_refused(body: Any, field: str) -> None:
    status, problem = write("/links/generate", body)
    assert (status, [error["in"] for error in problem["errors"]]) == (400, [field])
