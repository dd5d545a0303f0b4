"""What a newcomer does on the first day, with HubSpot's own SDK over real HTTP: send, read, open, count."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.sends import (
    A_MACHINE,
    A_PERSON,
    SEND,
    follow_a_link,
    mail_over_smtp,
    read,
    request,
    sdk_send,
)

SENDS = 200


def test_two_hundred_sends_are_each_sent_once_and_counted(service: Service) -> None:
    """All are SENT and in the mailbox, no mail arrives twice, and the statistics count their outcomes."""
    service.settle()
    before = service.counters()
    people = [f"person{number}@flow.example.net" for number in range(SENDS)]
    with ThreadPoolExecutor(8) as callers:
        accepted = list(callers.map(lambda to: sdk_send(service, to), people))
    assert all(one.status == "PENDING" and one.status_id for one in accepted)
    service.settle()

    statuses = [service.status(one.status_id) for one in accepted]
    assert Counter(status["sendResult"] for status in statuses) == {"SENT": SENDS}
    assert Counter(mail["To"][0]["Address"] for mail in service.mails("to:flow.example.net")) == Counter(people)

    read(service, A_PERSON, *people[:7])
    read(service, A_MACHINE, *people[5:20])
    follow_a_link(service, people[3])
    service.settle()
    after = service.counters()
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert grown == {"selected": SENDS, "sent": SENDS, "delivered": SENDS, "open": 7, "click": 1}


def test_a_mail_has_the_fields_of_its_request(service: Service) -> None:
    """The mail has the requested From, To, Cc, Reply-To and both parts. No part shows Bcc, and each recipient has one mail."""
    requested = request(
        service,
        "Ada Lovelace <ada@says.example.net>",
        cc=["grace@says.example.net"],
        bcc=["hedy@says.example.net"],
        replyTo=["help@example.com"],
        **{"from": "Zoë & Shop <zoe@example.com>"},
    )
    status = service.http.post(SEND, json=requested).json()
    service.settle()
    assert service.status(status["statusId"])["sendResult"] == "SENT"

    mails = service.mails('subject:"FR-10482" from:zoe@example.com')
    assert len(mails) == 3
    for mail in mails:
        whole = service.mailbox.get(f"/api/v1/message/{mail['ID']}").json()
        assert whole["From"] == {"Name": "Zoë & Shop", "Address": "zoe@example.com"}
        assert [to["Address"] for to in whole["To"]] == ["ada@says.example.net"]
        assert [cc["Address"] for cc in whole["Cc"]] == ["grace@says.example.net"]
        assert whole["ReplyTo"][0]["Address"] == "help@example.com"
        assert "Fennel &amp; Reed" in whole["HTML"]
        assert "Fennel & Reed" in whole["Text"]
        raw = service.mailbox.get(f"/api/v1/message/{mail['ID']}/raw").text
        assert "hedy" not in raw.partition("\r\n\r\n")[0].lower()


def test_the_status_shows_the_outcome_for_each_recipient(service: Service) -> None:
    """Cc and bcc are tracked as the To is, each with a timeline of what SES reported; HubSpot's client reads its own part of it."""
    to = {"to": "t@each.example.net", "cc": "bounce@simulator.amazonses.com", "bcc": "b@each.example.net"}
    requested = request(service, to["to"], cc=[to["cc"]], bcc=[to["bcc"]])
    status_id = service.http.post(SEND, json=requested).json()["statusId"]
    service.settle()
    status = service.status(status_id)
    assert {one["role"]: one["address"] for one in status["recipients"]} == to
    assert {one["sendResult"] for one in status["recipients"]} == {"SENT"}
    reported = {one["role"]: [event["type"] for event in one["timeline"]] for one in status["recipients"]}
    assert reported == {"to": ["SENT", "DELIVERED"], "cc": ["SENT", "BOUNCED"], "bcc": ["SENT", "DELIVERED"]}
    times = [event["at"] for one in status["recipients"] for event in one["timeline"]]
    assert all(time >= status["requestedAt"] for time in times)


def test_a_send_id_sends_once(service: Service) -> None:
    """A repeat differs from another request under the same id, and neither sends a second mail."""
    first = service.http.post(SEND, json=request(service, "once@once.example.net", sendId="order-1")).json()
    service.settle()
    again = service.http.post(SEND, json=request(service, "once@once.example.net", sendId="order-1")).json()
    other = service.http.post(SEND, json=request(service, "other@once.example.net", sendId="order-1")).json()
    service.settle()
    assert again["statusId"] == other["statusId"] == first["statusId"]
    assert (again["status"], again["sendResult"]) == ("COMPLETE", "IDEMPOTENT_IGNORE")
    assert (other["status"], other["sendResult"]) == ("COMPLETE", "IDEMPOTENT_FAIL")
    assert service.status(first["statusId"])["sendResult"] == "SENT"
    assert len(service.mails("to:once.example.net")) == 1


def test_fifty_concurrent_repeats_send_once(service: Service) -> None:
    """One mail goes out and no caller gets an error. Any request may win the first write."""
    requested = request(service, "race@race.example.net", sendId="race-1")
    with ThreadPoolExecutor(10) as callers:
        answers = list(callers.map(lambda _: service.http.post(SEND, json=requested), range(50)))
    service.settle()
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["statusId"] for answer in answers}) == 1
    assert len(service.mails("to:race.example.net")) == 1


def test_every_spelling_of_the_path_reaches_the_send(service: Service) -> None:
    """HubSpot's clients double the first slash or end with one; the dated and v4 paths are the same operation."""
    paths = [
        f"/{SEND}",
        f"{SEND}/",
        "/marketing/v4/email/single-send",
        "/marketing/transactional/2026-03/single-email/send",
    ]
    for number, path in enumerate(paths):
        answer = service.http.post(path, json=request(service, f"p{number}@paths.example.net"))
        assert (answer.status_code, answer.json()["status"]) == (200, "PENDING"), path
    service.settle()
    assert len(service.mails("to:paths.example.net")) == len(paths)


def test_a_send_larger_than_a_queue_message_arrives(service: Service) -> None:
    """Its body goes by way of S3."""
    requested = request(service, "large@large.example.net")
    requested["customProperties"]["items"] = [{"name": "x" * 1000, "quantity": 1, "price": 1}] * 300
    status = service.http.post(SEND, json=requested).json()
    service.settle()
    assert service.status(status["statusId"])["sendResult"] == "SENT"


def test_ses_outcomes_reach_the_statistics(service: Service) -> None:
    """SES's simulator addresses bounce and complain, and the counters show it. For SES, suppressionlist@ bounces as bounce@ does."""
    service.settle()
    before = service.counters()
    for name in ("success", "bounce", "complaint", "suppressionlist"):
        service.http.post(SEND, json=request(service, f"{name}@simulator.amazonses.com"))
    service.settle()
    after = service.counters()
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert grown["sent"] == 4
    assert (grown["bounce"], grown["hardbounced"], grown["spamreport"]) == (2, 2, 1)
    assert "suppressed" not in grown


def test_mail_over_smtp_reaches_the_mailbox(service: Service) -> None:
    mail_over_smtp(service, "desk@smtp.example.net")
    service.settle()
    assert [mail["Subject"] for mail in service.mails("to:smtp.example.net")] == ["Toner is low"]


def test_the_statistics_answer_the_sdk(service: Service) -> None:
    """HubSpot's client reads our numbers as its own model, and a span before anything was sent is empty."""
    email_id = service.starter.draft.email_id
    api = service.hubspot.marketing.emails.statistics_api
    everything = api.get_emails_list(email_ids=[email_id])
    assert everything.emails == [email_id]
    assert everything.aggregate.counters["sent"] > 0
    assert 0 < everything.aggregate.ratios["deliveredratio"] <= 100
    nothing = api.get_emails_list(start_timestamp="2020-01-01T00:00:00Z", end_timestamp="2020-02-01T00:00:00Z")
    assert nothing.emails == []
    assert json.loads(json.dumps(nothing.aggregate.counters))["sent"] == 0
