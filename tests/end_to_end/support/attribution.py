"""Mail over SMTP, and the token that it counts for."""

from __future__ import annotations

import json
from email.message import EmailMessage
from typing import Any

from functions import wiring
from tests.end_to_end.service import Service
from tests.end_to_end.smtp import letter, starttls


def over_smtp(service: Service, message: EmailMessage, *recipients: str) -> str:
    """Returns SES's message id from the answer that every client gets."""
    with starttls(service.ready) as smtp:
        smtp.mail("printer@example.com")
        for recipient in recipients:
            assert smtp.rcpt(recipient)[0] == 250
        code, answer = smtp.data(message.as_bytes())
    assert code == 250
    return answer.decode().split()[-1]


def campaign(service: Service) -> int:
    token = service.stack.container.get(wiring.adapters.tokens.smtp_tokens).by_key(service.ready.smtp_user)
    assert token
    return token.campaign_id


class Listener:
    """A queue of our own at the topic of SES's events."""

    def __init__(self, service: Service) -> None:
        client = service.stack.cloud.client
        self._sns, self._sqs = client("sns"), client("sqs")
        (self._topic,) = (
            results["TopicArn"]
            for results in self._sns.list_topics()["Topics"]
            if "SendingEvents" in results["TopicArn"]
        )
        self._url = self._sqs.create_queue(QueueName=f"listener-{len(self._sqs.list_queues()['QueueUrls'])}")[
            "QueueUrl"
        ]
        requested = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        self._sns.subscribe(
            TopicArn=self._topic,
            Protocol="sqs",
            Endpoint=requested["Attributes"]["QueueArn"],
            Attributes={"RawMessageDelivery": "true"},
        )

    def publish(self, text: str) -> None:
        self._sns.publish(TopicArn=self._topic, Message=text)

    def events(self) -> list[Any]:
        """Returns all events that arrived so far."""
        events: list[Any] = []
        while messages := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages", []):
            events += [json.loads(message["Body"]) for message in messages]
        return events


def tour_attribution(service: Service) -> None:
    """A token's mail creates a send and a contact, and is noted with the token. A send that is no longer stored leaves nothing."""
    over_smtp(service, letter("tour@attributed.example.net"), "tour@attributed.example.net")
    tags = {"staffetta_send": ["expired"], "staffetta_recipient": ["0"]}
    mail = {"timestamp": "2026-11-23T12:00:00Z", "messageId": "expired", "tags": tags}
    Listener(service).publish(json.dumps({"eventType": "Send", "mail": mail, "send": {}}))
    service.settle()
