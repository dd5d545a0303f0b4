"""Contacts and consent: what a send leaves behind for the next one, what each status refuses, and the way out and back."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests
from hubspot.communication_preferences import ApiException, PublicUpdateSubscriptionStatusRequest
from msgspec.structs import replace

from functions import wiring
from functions.core.addresses import Address
from functions.core.contacts.contact import EVERYTHING, Decision, SubscriptionStatus
from functions.core.emails.email import EmailDraft, Subcategory, TemplateSource, TemplateSyntax
from tests.end_to_end.service import Service
from tests.end_to_end.test_flow import SEND
from tests.support.patience import NO_ANSWER_SECONDS

TYPES = "/staffetta/v1/subscription-types"
V4 = "/marketing/v4/email/single-send"
NEWS = "e2e-news"
NEWS_EMAIL, NOTE_EMAIL = 3301, 3302
AT = "2026-01-01T00:00:00.000Z"
BODY = '<p>Hello {{ contact.firstname }}</p><p><a href="{{ unsubscribe_link }}">Leave</a></p>'


@pytest.fixture(scope="module", autouse=True)
def _emails(service: Service) -> None:
    publish(service)


def publish(service: Service) -> None:
    """A newsletter of a type of its own, and a transactional note."""
    if not any(one["id"] == NEWS for one in service.http.get(TYPES).json()["results"]):
        service.http.post(TYPES, json={"id": NEWS, "name": "News", "purpose": "Marketing"})
        news = draft(NEWS_EMAIL, BODY, subcategory=Subcategory.MARKETING_SINGLE_SEND_API, subscription=NEWS)
        service.stack.container.get(wiring.emails.publish_email)(news)
        service.stack.container.get(wiring.emails.publish_email)(
            draft(NOTE_EMAIL, "<p>Hello {{ contact.firstname }}</p>")
        )


def draft(email_id: int, body: str, **changed: Any) -> EmailDraft:
    source = TemplateSource(subject="Hello", body=body, syntax=TemplateSyntax.HTML)
    made = EmailDraft(email_id=email_id, name="e2e", source=source, sender=Address("news@example.com", "News"))
    return replace(made, **changed)


def send(service: Service, email_id: int, to: str, path: str = SEND, **message: Any) -> dict[str, Any]:
    asked = {"emailId": email_id, "message": {"to": to, **message}}
    answer: dict[str, Any] = service.http.post(path, json=asked).json()
    service.settle()
    return answer


def known(service: Service, email: str, **properties: str) -> None:
    service.stack.container.get(wiring.adapters.contacts).upsert(email, properties, AT)


def raw(service: Service, to: str) -> str:
    (mail,) = service.mails(f"to:{to}")
    return service.mailbox.get(f"/api/v1/message/{mail['ID']}/raw").text


def link_of(service: Service, to: str) -> str:
    """The link that the mail's header gives to mail programs."""
    unfolded = re.sub(r"\r?\n[ \t]+", " ", raw(service, to))
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in unfolded
    found = re.search(r"^List-Unsubscribe: <([^>]+)>", unfolded, re.MULTILINE)
    assert found
    return found[1]


def test_a_contact_made_by_one_send_fills_the_next(service: Service) -> None:
    first = {
        "emailId": NOTE_EMAIL,
        "message": {"to": "Ada@people.example.net"},
        "contactProperties": {"firstname": "Ada"},
    }
    service.http.post(SEND, json=first)
    service.settle()
    told = send(service, NOTE_EMAIL, "ada@people.example.net")
    assert service.status(told["statusId"])["sendResult"] == "SENT"
    assert all("Hello Ada" in mail["Snippet"] for mail in service.mails("to:ada@people.example.net"))
    asked = {"emailId": NOTE_EMAIL, "message": {"to": "ada@people.example.net"}}
    dry = service.http.post(SEND, json=asked, params={"dryRun": "true"})
    assert "Hello Ada" in dry.json()["preview"]["html"]


@pytest.mark.parametrize("path", [SEND, V4])
@pytest.mark.parametrize(
    "result",
    ["PREVIOUSLY_BOUNCED", "PREVIOUS_SPAM", "PREVIOUSLY_UNSUBSCRIBED_MESSAGE", "PREVIOUSLY_UNSUBSCRIBED_PORTAL"],
)
def test_each_status_refuses_the_news_and_lets_the_note_pass(service: Service, result: str, path: str) -> None:
    to = f"{result.lower()}{len(path)}@status.example.net"
    left = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=AT, source="test")
    contacts = service.stack.container.get(wiring.adapters.contacts)
    known(service, to, firstname="Ada")
    match result:
        case "PREVIOUSLY_BOUNCED":
            contacts.quarantine(to, AT, "550 5.1.1")
        case "PREVIOUS_SPAM":
            contacts.mark_complained(to, AT)
        case _:
            contacts.set_subscription(to, EVERYTHING if result.endswith("PORTAL") else NEWS, left)
    refused = send(service, NEWS_EMAIL, to, path)
    assert (refused["status"], refused["sendResult"]) == ("COMPLETE", result)
    sent = send(service, NOTE_EMAIL, to, path)
    assert service.status(sent["statusId"])["sendResult"] == "SENT"
    assert len(service.mails(f"to:{to}")) == 1


def test_an_address_that_bounced_and_is_good_again_is_mailed_again(service: Service) -> None:
    """Once its quarantine is lifted, ours and SES's; what comes late of the old bounce changes nothing, and there is nothing left to lift."""
    to = "Good.Again@status.example.net"
    known(service, to, firstname="Ada")
    bounced_at_ses(service, to)
    assert send(service, NEWS_EMAIL, to)["sendResult"] == "PREVIOUSLY_BOUNCED"
    assert lift(service, to).status_code == 204
    assert service.http.get("/staffetta/v1/audit").json()["results"][0]["action"] == "contact.quarantine_lifted"
    assert "bouncedAt" not in service.http.get(f"/staffetta/v1/contacts/{to}").json()
    service.stack.container.get(wiring.adapters.contacts).quarantine(to, AT, "550 5.1.1 once more")
    told = send(service, NEWS_EMAIL, to)
    (recipient,) = service.status(told["statusId"])["recipients"]
    assert (recipient["sendResult"], recipient.get("delivery")) == ("SENT", "DELIVERED"), recipient
    again = lift(service, to)
    assert (again.status_code, "not in quarantine" in again.json()["message"]) == (404, True)


def test_a_lifted_quarantine_leaves_complaints_standing(service: Service) -> None:
    to = "angry@status.example.net"
    bounced_at_ses(service, to, "COMPLAINT")
    service.stack.container.get(wiring.adapters.contacts).mark_complained(to, AT)
    assert lift(service, to).status_code == 204
    assert send(service, NEWS_EMAIL, to)["sendResult"] == "PREVIOUS_SPAM"
    assert to in service.stack.ses.account.suppressed


@pytest.mark.parametrize("email", ["nobody", "a%20b@example.net", "%00@example.net"])
def test_the_quarantine_of_what_is_no_address_is_a_fault(service: Service, email: str) -> None:
    answer = lift(service, email)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "INVALID_EMAIL")


def bounced_at_ses(service: Service, to: str, reason: str = "BOUNCE") -> None:
    service.stack.container.get(wiring.adapters.contacts).quarantine(to, AT, "550 5.1.1")
    service.stack.cloud.client("sesv2").put_suppressed_destination(EmailAddress=to, Reason=reason)


def lift(service: Service, to: str) -> requests.Response:
    return service.http.request("DELETE", f"/staffetta/v1/contacts/{to}/quarantine")


def test_the_clients_four_calls(service: Service) -> None:
    api = service.hubspot.communication_preferences
    definitions = api.definition_api.get_page().subscription_definitions
    assert {"TRANSACTIONAL", NEWS} <= {one.id for one in definitions}
    choice = PublicUpdateSubscriptionStatusRequest(
        email_address="client@people.example.net",
        subscription_id=NEWS,
        legal_basis="CONSENT_WITH_NOTICE",
        legal_basis_explanation="asked for it",
    )
    assert api.status_api.subscribe(choice).status == "SUBSCRIBED"
    status = {one.id: one for one in statuses(service, "client@people.example.net")}
    assert (status[NEWS].status, status[NEWS].legal_basis) == ("SUBSCRIBED", "CONSENT_WITH_NOTICE")
    assert api.status_api.unsubscribe(choice).status == "NOT_SUBSCRIBED"
    with pytest.raises(ApiException) as refused:
        api.status_api.subscribe(choice)
    assert refused.value.status == 400
    known(service, "client@people.example.net", firstname="C")
    assert send(service, NEWS_EMAIL, "client@people.example.net")["sendResult"] == "PREVIOUSLY_UNSUBSCRIBED_MESSAGE"


def statuses(service: Service, email: str) -> list[Any]:
    told: list[Any] = service.hubspot.communication_preferences.status_api.get_email_status(email).subscription_statuses
    return told


def test_one_click_ends_the_news_and_the_page_brings_it_back(service: Service) -> None:
    to = "reader@people.example.net"
    known(service, to, firstname="R")
    sent = send(service, NEWS_EMAIL, to)
    link = link_of(service, to)
    assert link.startswith(service.ready.api_url)
    page = requests.get(link, timeout=NO_ANSWER_SECONDS)
    assert (page.status_code, to in page.text) == (200, True)
    assert send(service, NEWS_EMAIL, "x" + to, sendAt="2020-01-01")["status"] == "PENDING"
    assert statuses(service, to)[-1].source_of_status == "SUBSCRIPTION_STATUS", "a look is no decision"

    assert requests.post(link, data={"List-Unsubscribe": "One-Click"}, timeout=NO_ANSWER_SECONDS).status_code == 200
    assert send(service, NEWS_EMAIL, to)["sendResult"] == "PREVIOUSLY_UNSUBSCRIBED_MESSAGE"
    (told,) = service.status(sent["statusId"])["recipients"]
    assert "UNSUBSCRIBED" in [event["type"] for event in told["timeline"]]

    requests.post(link, data={"action": "return"}, timeout=NO_ANSWER_SECONDS)
    again = send(service, NEWS_EMAIL, to)
    assert service.status(again["statusId"])["sendResult"] == "SENT"
    forged = requests.post(link[:-1] + ("A" if link[-1] != "A" else "B"), timeout=NO_ANSWER_SECONDS)
    assert forged.status_code == 404


def test_a_copy_is_each_readers_own(service: Service) -> None:
    """Who has the cc leaves by their own link, and is skipped from then on; the To is not."""
    to, cc = "to@pair.example.net", "cc@pair.example.net"
    known(service, to, firstname="T")
    send(service, NEWS_EMAIL, to, cc=[cc])
    mails = [
        service.mailbox.get(f"/api/v1/message/{mail['ID']}/raw").text for mail in service.mails("pair.example.net")
    ]
    unfolded = [re.sub(r"\r?\n[ \t]+", " ", mail) for mail in mails]
    links = sorted(re.search(r"^List-Unsubscribe: <([^>]+)>", mail, re.MULTILINE)[1] for mail in unfolded)  # type: ignore[index]
    assert [link.split(".")[-2] for link in links] == ["0", "1"]
    requests.post(links[1], data={"scope": "all"}, timeout=NO_ANSWER_SECONDS)
    sent = send(service, NEWS_EMAIL, to, cc=[cc])
    told = service.status(sent["statusId"])["recipients"]
    assert [one["sendResult"] for one in told] == ["SENT", "PREVIOUSLY_UNSUBSCRIBED_PORTAL"]


def tour_preferences(service: Service) -> None:
    """Each right that contacts and consent need, through both doors."""
    publish(service)
    to = "tour@people.example.net"
    known(service, to, firstname="T")
    for door in (SEND, f"/{SEND}"):
        send(service, NEWS_EMAIL, to, door)
    service.http.get(f"/communication-preferences/v3/status/email/{to}")
    bounced_at_ses(service, to)
    lift(service, to)
