"""Mail over SMTP is explained, counted and kept like any other, though nobody accepted it."""

from __future__ import annotations

import json
from email.message import EmailMessage
from typing import Any

from functions import wiring
from functions.core import ids
from functions.ports.events import ArchiveFolder
from tests.end_to_end.service import Service
from tests.end_to_end.smtp import letter, starttls
from tests.end_to_end.test_flow import A_PERSON, read

BOUNCES, COMPLAINS = "bounce+smtp@simulator.amazonses.com", "complaint+smtp@simulator.amazonses.com"


def over_smtp(service: Service, message: EmailMessage, *recipients: str) -> str:
    """SES's message id, as its answer tells it to every client."""
    with starttls(service.ready) as smtp:
        smtp.mail("printer@example.com")
        for recipient in recipients:
            assert smtp.rcpt(recipient)[0] == 250
        code, answer = smtp.data(message.as_bytes())
    assert code == 250
    return answer.decode().split()[-1]


def campaign(service: Service) -> int:
    token = service.stack.container.get(wiring.adapters.smtp_tokens).by_key(service.ready.smtp_user)
    assert token
    return token.campaign_id


def grown(service: Service, before: dict[str, int]) -> dict[str, int]:
    after = service.counters(emailIds=str(campaign(service)))
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


def test_a_mail_over_smtp_has_a_status_and_counts_for_its_token(service: Service) -> None:
    before = service.counters(emailIds=str(campaign(service)))
    message = letter("desk@attributed.example.net")
    message.add_alternative("<p>Please see to it.</p>", subtype="html")
    ses_id = over_smtp(service, message, "desk@attributed.example.net")
    service.settle()
    read(service, A_PERSON, "desk@attributed.example.net")
    service.settle()
    status = service.status(ids.for_ses_message(ses_id))
    assert status == service.status(ses_id), "whoever sent it knows SES's id alone"
    assert (status["status"], status["sendResult"]) == ("COMPLETE", "SENT")
    (recipient,) = status["recipients"]
    assert (recipient["role"], recipient["address"]) == ("to", "desk@attributed.example.net")
    assert recipient["delivery"] == "DELIVERED"
    assert {event["type"] for event in recipient["timeline"]} == {"SENT", "DELIVERED", "OPENED"}
    counted = grown(service, before)
    assert {name: counted[name] for name in ("selected", "sent", "delivered", "open")} == dict.fromkeys(
        ("selected", "sent", "delivered", "open"), 1
    )


def test_each_recipient_of_a_mail_over_smtp_has_its_own_fate(service: Service) -> None:
    before = service.counters(emailIds=str(campaign(service)))
    message = letter("ada@several.example.net")
    message["Cc"] = BOUNCES
    ses_id = over_smtp(service, message, "ada@several.example.net", BOUNCES, COMPLAINS)
    service.settle()
    told = service.status(ses_id)["recipients"]
    assert [(one["role"], one["address"], one["delivery"]) for one in told] == [
        ("to", "ada@several.example.net", "DELIVERED"),
        ("cc", BOUNCES, "BOUNCED"),
        ("bcc", COMPLAINS, "COMPLAINED"),
    ]
    counted = grown(service, before)
    assert (counted["sent"], counted["hardbounced"], counted["spamreport"]) == (3, 1, 1)
    contacts = service.stack.container.get(wiring.adapters.contacts)
    ada, bounced, complained = (contacts.get(one["address"]) for one in told)
    assert ada
    assert bounced
    assert complained
    assert ada.quarantine is None
    assert bounced.quarantine
    assert complained.complained_at


def test_a_token_tells_its_last_use_and_where_its_mail_came_from(service: Service) -> None:
    ses_id = over_smtp(service, letter("use@attributed.example.net"), "use@attributed.example.net")
    service.settle()
    token = service.stack.container.get(wiring.adapters.smtp_tokens).get(campaign(service))
    assert token
    assert (token.first_source, token.last_source) == ("127.0.0.1", "127.0.0.1")
    assert token.used_at == service.status(ses_id)["requestedAt"]


def test_every_event_is_kept_as_it_was_published_and_twice_is_once(service: Service) -> None:
    """A listener beside us hears what SES publishes; then all of it comes again."""
    heard = Listener(service)
    ses_id = over_smtp(service, letter("kept@attributed.example.net"), "kept@attributed.example.net", BOUNCES)
    service.settle()
    published = [event for event in heard.events() if event["mail"]["messageId"] == ses_id]
    assert {event["eventType"] for event in published} == {"Send", "Delivery", "Bounce"}
    assert in_order(kept(service, ses_id)) == in_order(published)

    before, status = service.counters(), service.status(ses_id)
    for event in published:
        heard.publish(json.dumps(event))
    service.settle()
    assert (service.counters(), service.status(ses_id)) == (before, status)


def test_what_is_foreign_or_unreadable_is_kept_aside(service: Service) -> None:
    heard = Listener(service)
    foreign = {"eventType": "Send", "mail": {"timestamp": "2026-11-23T12:00:00Z", "messageId": "foreign"}, "send": {}}
    heard.publish(json.dumps(foreign))
    heard.publish("not an event")
    service.settle()
    assert foreign in list(kept_on(service, ArchiveFolder.FOREIGN))
    assert "not an event" in list(kept_on(service, ArchiveFolder.UNREADABLE))


def kept(service: Service, ses_id: str) -> list[Any]:
    return [event for event in kept_on(service, ArchiveFolder.EVENTS) if event["mail"]["messageId"] == ses_id]


def kept_on(service: Service, shelf: ArchiveFolder) -> list[Any]:
    return list(
        service.stack.container.get(wiring.adapters.event_archive).between("2000-01-01T00", "2999-01-01T00", shelf)
    )


def in_order(events: list[Any]) -> list[str]:
    return sorted(json.dumps(event, sort_keys=True) for event in events)


class Listener:
    """A queue of our own at the topic of SES's events."""

    def __init__(self, service: Service) -> None:
        client = service.stack.cloud.client
        self._sns, self._sqs = client("sns"), client("sqs")
        (self._topic,) = (
            found["TopicArn"] for found in self._sns.list_topics()["Topics"] if "SendingEvents" in found["TopicArn"]
        )
        self._url = self._sqs.create_queue(QueueName=f"listener-{len(self._sqs.list_queues()['QueueUrls'])}")[
            "QueueUrl"
        ]
        asked = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        self._sns.subscribe(
            TopicArn=self._topic,
            Protocol="sqs",
            Endpoint=asked["Attributes"]["QueueArn"],
            Attributes={"RawMessageDelivery": "true"},
        )

    def publish(self, text: str) -> None:
        self._sns.publish(TopicArn=self._topic, Message=text)

    def events(self) -> list[Any]:
        """All that it heard so far."""
        heard: list[Any] = []
        while messages := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages", []):
            heard += [json.loads(message["Body"]) for message in messages]
        return heard


def tour_attribution(service: Service) -> None:
    """A token's mail makes a send and a contact, and is noted with the token. Of a send that is not kept any more, nothing is."""
    over_smtp(service, letter("tour@attributed.example.net"), "tour@attributed.example.net")
    tags = {"staffetta_send": ["expired"], "staffetta_recipient": ["0"]}
    mail = {"timestamp": "2026-11-23T12:00:00Z", "messageId": "expired", "tags": tags}
    Listener(service).publish(json.dumps({"eventType": "Send", "mail": mail, "send": {}}))
    service.settle()
