"""Contacts and consent: what a send leaves behind for the next one, what each status refuses, and the way out and back."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from email import message_from_string
from email.policy import default
from typing import Any

import pytest
import requests
from hubspot.communication_preferences import ApiException, PublicUpdateSubscriptionStatusRequest

from functions import wiring
from functions.core.contacts.contact import EVERYTHING, Decision, SubscriptionStatus
from tests.end_to_end.service import Service
from tests.end_to_end.support.preferences import (
    AT,
    NEWS,
    NEWS_EMAIL,
    NOTE_EMAIL,
    add_contact,
    bounced_at_ses,
    lift,
    publish,
    send,
)
from tests.end_to_end.support.sending.sends import SEND
from tests.support.cli.staffetta_command import staffetta
from tests.support.patience import NO_ANSWER_SECONDS

V4 = "/marketing/v4/email/single-send"


@pytest.fixture(scope="module", autouse=True)
def _emails(service: Service) -> None:
    publish(service)


def raw(service: Service, to: str) -> str:
    (mail,) = service.mails(f"to:{to}")
    return service.mailbox.get(f"/api/v1/message/{mail['ID']}/raw").text


def link_of(service: Service, to: str) -> str:
    """The link that the mail's header gives to mail programs."""
    unfolded = re.sub(r"\r?\n[ \t]+", " ", raw(service, to))
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in unfolded
    results = re.search(r"^List-Unsubscribe: <([^>]+)>", unfolded, re.MULTILINE)
    assert results
    return results[1]


def test_a_contact_of_one_send_fills_the_next(service: Service) -> None:
    first = {
        "emailId": NOTE_EMAIL,
        "message": {"to": "Ada@people.example.net"},
        "contactProperties": {"firstname": "Ada"},
    }
    service.http.post(SEND, json=first)
    service.settle()
    reported = send(service, NOTE_EMAIL, "ada@people.example.net")
    assert service.status(reported["statusId"])["sendResult"] == "SENT"
    assert all("Hello Ada" in mail["Snippet"] for mail in service.mails("to:ada@people.example.net"))
    requested = {"emailId": NOTE_EMAIL, "message": {"to": "ada@people.example.net"}}
    dry = service.http.post(SEND, json=requested, params={"dryRun": "true"})
    assert "Hello Ada" in dry.json()["preview"]["html"]


@pytest.mark.parametrize("path", [SEND, V4])
@pytest.mark.parametrize(
    "result",
    ["PREVIOUSLY_BOUNCED", "PREVIOUS_SPAM", "PREVIOUSLY_UNSUBSCRIBED_MESSAGE", "PREVIOUSLY_UNSUBSCRIBED_PORTAL"],
)
def test_each_status_refuses_the_news_and_lets_the_note_pass(service: Service, result: str, path: str) -> None:
    to = f"{result.lower()}{len(path)}@status.example.net"
    left = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=AT, source="test")
    contacts = service.stack.container.get(wiring.adapters.contacts.contacts)
    add_contact(service, to, firstname="Ada")
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


def test_an_address_lifted_from_quarantine_is_mailed_again(service: Service) -> None:
    """Once its quarantine is lifted, ours and SES's; what comes late of the old bounce changes nothing, and there is nothing left to lift."""
    to = "Good.Again@status.example.net"
    add_contact(service, to, firstname="Ada")
    bounced_at_ses(service, to)
    assert send(service, NEWS_EMAIL, to)["sendResult"] == "PREVIOUSLY_BOUNCED"
    lifted = lift(service, to.lower()).json()
    assert lifted["bounceReason"] == "550 5.1.1"
    assert {one["emailAddress"]: one.get("reason") for one in lifted["suppressions"]} == {
        to: "BOUNCE",
        to.lower(): None,
    }
    assert to not in service.stack.ses.account.suppressed
    assert service.http.get("/staffetta/v1/audit").json()["results"][0]["action"] == "contact.quarantine_lifted"
    assert "bouncedAt" not in service.http.get(f"/staffetta/v1/contacts/{to}").json()
    service.stack.container.get(wiring.adapters.contacts.contacts).quarantine(to, AT, "550 5.1.1 once more")
    reported = send(service, NEWS_EMAIL, to)
    (recipient,) = service.status(reported["statusId"])["recipients"]
    assert (recipient["sendResult"], recipient.get("delivery")) == ("SENT", "DELIVERED"), recipient
    again = lift(service, to)
    assert (again.status_code, "not in quarantine" in again.json()["message"]) == (404, True)


def test_lifting_a_quarantine_keeps_complaints(service: Service) -> None:
    to = "angry@status.example.net"
    bounced_at_ses(service, to, "COMPLAINT")
    service.stack.container.get(wiring.adapters.contacts.contacts).mark_complained(to, AT)
    (suppression,) = lift(service, to).json()["suppressions"]
    assert suppression == {"emailAddress": to, "reason": "COMPLAINT", "removed": False}
    assert send(service, NEWS_EMAIL, to)["sendResult"] == "PREVIOUS_SPAM"
    assert to in service.stack.ses.account.suppressed


def test_the_command_shows_what_ses_listed(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", service.ready.aws_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", service.stack.cloud.region)
    bounced_at_ses(service, "Comes.Back@status.example.net")
    bounced_at_ses(service, "COMES.back@status.example.net", "COMPLAINT")
    printed = staffetta("contacts", "lift-quarantine", "comes.back@status.example.net", "--stage", "local")
    rows = {tuple(line.split()) for line in printed.splitlines()}
    assert rows >= {
        ("comes.back@status.example.net", "not", "listed"),
        ("COMES.back@status.example.net", "COMPLAINT", "stays"),
        ("Comes.Back@status.example.net", "BOUNCE", "removed"),
    }


@pytest.mark.parametrize("email", ["nobody", "a%20b@example.net", "%00@example.net"])
def test_the_quarantine_of_an_invalid_address_is_an_error(service: Service, email: str) -> None:
    answer = lift(service, email)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "INVALID_EMAIL")


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
    add_contact(service, "client@people.example.net", firstname="C")
    assert send(service, NEWS_EMAIL, "client@people.example.net")["sendResult"] == "PREVIOUSLY_UNSUBSCRIBED_MESSAGE"


def statuses(service: Service, email: str) -> list[Any]:
    reported: list[Any] = service.hubspot.communication_preferences.status_api.get_email_status(
        email
    ).subscription_statuses
    return reported


def test_one_click_unsubscribes_and_the_page_resubscribes(service: Service) -> None:
    to = "reader@people.example.net"
    add_contact(service, to, firstname="R")
    sent = send(service, NEWS_EMAIL, to)
    link = link_of(service, to)
    assert link.startswith(service.ready.api_url)
    page = requests.get(link, timeout=NO_ANSWER_SECONDS)
    assert (page.status_code, to in page.text) == (200, True)
    assert send(service, NEWS_EMAIL, "x" + to, sendAt="2020-01-01")["status"] == "PENDING"
    assert statuses(service, to)[-1].source_of_status == "SUBSCRIPTION_STATUS", "a look is no decision"

    assert requests.post(link, data={"List-Unsubscribe": "One-Click"}, timeout=NO_ANSWER_SECONDS).status_code == 200
    assert send(service, NEWS_EMAIL, to)["sendResult"] == "PREVIOUSLY_UNSUBSCRIBED_MESSAGE"
    (reported,) = service.status(sent["statusId"])["recipients"]
    assert "UNSUBSCRIBED" in [event["type"] for event in reported["timeline"]]

    requests.post(link, data={"action": "return"}, timeout=NO_ANSWER_SECONDS)
    again = send(service, NEWS_EMAIL, to)
    assert service.status(again["statusId"])["sendResult"] == "SENT"
    forged = requests.post(link[:-1] + ("A" if link[-1] != "A" else "B"), timeout=NO_ANSWER_SECONDS)
    assert forged.status_code == 404


def test_no_secret_of_a_link_is_stored_or_reported(service: Service) -> None:
    """After a send, a look at the link, and a click that SES reports, no table, bucket or answer has the secret."""
    to = "secret@people.example.net"
    add_contact(service, to, firstname="S")
    sent = send(service, NEWS_EMAIL, to)
    link = link_of(service, to)
    secret = link.rpartition(".")[2]
    html = message_from_string(raw(service, to), policy=default).get_body(("html",))
    assert html
    assert f'<a href="{link}">' in html.get_content(), "a link of ours is not tracked"
    assert requests.head(link, timeout=10).status_code == 200
    assert requests.head(link[:-2] + "AA", timeout=10).status_code == 404
    service.settle()
    for text in stored(service):
        assert secret not in text
    for path in (f"messages/{sent['statusId']}", "statistics/links", "webhooks"):
        assert secret not in service.http.get(f"/staffetta/v1/{path}").text
    assert secret not in service.http.get("/email/public/v1/events", params={"recipient": to}).text


def stored(service: Service) -> Iterator[str]:
    """All items and objects of the running service but the mailbox, as texts."""
    client = service.stack.cloud.client
    for table in client("dynamodb").list_tables()["TableNames"]:
        yield from (str(item) for item in client("dynamodb").scan(TableName=table)["Items"])
    for bucket in client("s3").list_buckets()["Buckets"]:
        for listed in client("s3").list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
            body = client("s3").get_object(Bucket=bucket["Name"], Key=listed["Key"])["Body"].read()
            yield (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body).decode(errors="replace")


def test_a_copy_is_each_readers_own(service: Service) -> None:
    """Who has the cc leaves by their own link, and is skipped from then on; the To is not."""
    to, cc = "to@pair.example.net", "cc@pair.example.net"
    add_contact(service, to, firstname="T")
    send(service, NEWS_EMAIL, to, cc=[cc])
    mails = [
        service.mailbox.get(f"/api/v1/message/{mail['ID']}/raw").text for mail in service.mails("pair.example.net")
    ]
    unfolded = [re.sub(r"\r?\n[ \t]+", " ", mail) for mail in mails]
    links = sorted(re.search(r"^List-Unsubscribe: <([^>]+)>", mail, re.MULTILINE)[1] for mail in unfolded)  # type: ignore[index]  # it is there
    assert [link.split(".")[-2] for link in links] == ["0", "1"]
    requests.post(links[1], data={"scope": "all"}, timeout=NO_ANSWER_SECONDS)
    sent = send(service, NEWS_EMAIL, to, cc=[cc])
    reported = service.status(sent["statusId"])["recipients"]
    assert [one["sendResult"] for one in reported] == ["SENT", "PREVIOUSLY_UNSUBSCRIBED_PORTAL"]


def test_hubspots_client_opts_out_over_v1(service: Service) -> None:
    """As programs do that mirror an opt-out of all mail."""
    path = "/email/public/v1/subscriptions/leaver@v1.example.net"
    requested = {"method": "PUT", "path": path, "body": {"unsubscribeFromAll": True}}
    assert service.hubspot.api_request(requested).json() == {"status": "ok"}
    status = service.http.get(path).json()
    assert (status["subscribed"], status["unsubscribeFromPortal"], status["status"]) == (False, True, "unsubscribed")
    types = service.http.get("/email/public/v1/subscriptions").json()["subscriptionDefinitions"]
    assert all(isinstance(type_["id"], int) for type_ in types)
    assert service.http.get("/email/public/v1/subscriptions/timeline", params={"limit": 5}).ok
