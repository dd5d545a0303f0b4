"""Webhooks, from a send to its receiver: signed, tried again, paused and replayed."""

from __future__ import annotations

import time
from typing import Any

import pytest
from standardwebhooks import Webhook

from functions.core import timestamps
from tests.end_to_end.service import Service
from tests.end_to_end.support.problems import check_shape
from tests.end_to_end.support.sending import broadcasts
from tests.end_to_end.support.webhooks import WEBHOOKS, deliveries, send, webhook
from tests.support.webhooks import receiving


def test_a_receiver_gets_the_outcomes_of_a_send(service: Service) -> None:
    """The library of Standard Webhooks verifies each request. The receiver gets the chosen types only."""
    chosen = ["email.delivered", "email.bounced"]
    with receiving() as receiver, webhook(service, receiver, eventTypes=chosen) as created:
        delivered, bounced = send(service, "w@hooks.example.net"), send(service, "bounce@simulator.amazonses.com")
        service.settle()
        events = {event["type"]: event for event in receiver.events(created["secret"])}
        assert events.keys() == set(chosen)
        assert events["email.delivered"]["data"]["statusId"] == delivered
        assert events["email.delivered"]["data"]["address"] == "w@hooks.example.net"
        assert events["email.bounced"]["data"]["statusId"] == bounced
        assert events["email.bounced"]["data"]["details"]["bounce"] == "hard"
        logged = deliveries(service, created)
        assert {one["eventId"] for one in logged} == {event["id"] for event in events.values()}
        assert all(one["state"] == "DELIVERED" and one["attempts"][0]["status"] == 200 for one in logged)
    assert created["secret"] not in service.http.get(WEBHOOKS).text


def test_a_receiver_that_recovers_gets_every_event(service: Service) -> None:
    with receiving(500, 302, 204) as receiver, webhook(service, receiver, eventTypes=["email.delivered"]) as created:
        send(service, "again@hooks.example.net")
        service.wait_until(lambda: bool(receiver.requests))
        service.wait_until(lambda: bool(service.http.get(f"{WEBHOOKS}/{created['id']}").json().get("failingSince")))
        receiver.answers = [204]
        service.settle()
        (logged,) = deliveries(service, created)
        assert [attempt["status"] for attempt in logged["attempts"]] == [500, 204]
        assert logged["state"] == "DELIVERED"
        assert len({event["id"] for event in receiver.events(created["secret"])}) == 1
        assert service.http.get(f"{WEBHOOKS}/{created['id']}").json().get("failingSince") is None


def test_a_receiver_that_answers_410_is_paused_and_catches_up(service: Service) -> None:
    """410 pauses at once. What is missed meanwhile is replayed from the messages themselves, and one of them by its id."""
    since = timestamps.iso(time.time() - 1)
    with receiving(410) as receiver, webhook(service, receiver, eventTypes=["email.delivered"]) as created:
        path = f"{WEBHOOKS}/{created['id']}"
        send(service, "gone@hooks.example.net")
        service.settle()
        paused = service.http.get(path).json()
        assert (paused["pauseReason"], paused["active"]) == ("the receiver answered 410 Gone", True)
        check_shape(service.http.post(f"{path}/test"), 409, "CONFLICT")
        send(service, "missed@hooks.example.net")
        service.settle()
        assert len(receiver.requests) == 1, "a paused webhook hears nothing"

        receiver.answers = [200]
        assert service.http.request("PATCH", path, json={"active": True}).json().get("pausedAt") is None
        assert service.http.post(f"{path}/replay", json={"since": since}).status_code == 202
        service.settle()
        for address in ("gone@hooks.example.net", "missed@hooks.example.net"):
            assert receiver.received("email.delivered", address), f"{address} was not replayed"
        request_count = len(receiver.requests)
        service.http.post(f"{path}/replay", json={"since": since})
        service.settle()
        assert len(receiver.requests) == request_count, (
            "a delivered event is not replayed, unless the request includes it"
        )
        one = deliveries(service, created)[0]["id"]
        assert service.http.post(f"{path}/deliveries/{one}/replay").status_code == 202
        service.settle()
        assert len(receiver.requests) == request_count + 1


def test_a_replay_has_the_messages_of_a_broadcast(service: Service) -> None:
    """The webhook is registered after the broadcast, so every event of it was missed."""
    since = timestamps.iso(time.time() - 1)
    people = ["one@replay.example.net", "two@replay.example.net"]
    broadcast = broadcasts.create(service, broadcasts.batch_email(service), {"contactIds": {"include": people}})
    broadcasts.act(service, broadcast["id"], "send")
    broadcasts.wait_for(service, broadcast["id"])
    service.settle()
    with receiving() as receiver, webhook(service, receiver, eventTypes=["email.delivered"]) as created:
        service.http.post(f"{WEBHOOKS}/{created['id']}/replay", json={"since": since})
        service.settle()
        assert all(receiver.received("email.delivered", person) for person in people)


def test_a_test_and_a_new_secret(service: Service) -> None:
    """For a day both secrets are good."""
    with receiving() as receiver, webhook(service, receiver, eventTypes=["email.bounced"]) as created:
        path = f"{WEBHOOKS}/{created['id']}"
        fresh = service.http.post(f"{path}/rotate-secret").json()["secret"]
        queued = service.http.post(f"{path}/test").json()
        service.settle()
        ((headers, body),) = receiver.requests
        for secret in (created["secret"], fresh):
            assert Webhook(secret).verify(body, headers)["type"] == "webhook.test"
        assert [one["id"] for one in deliveries(service, created)] == [queued["deliveryId"]]
        check_shape(service.http.post(f"{path}/deliveries/{queued['deliveryId']}/replay"), 409, "CONFLICT")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.acme.com/",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://hooks.acme.com:22/",
        "https://user@hooks.acme.com/",
        "ftp://hooks.acme.com/",
        "https://there-is-no-such-host.invalid/",
        7,
    ],
)
def test_a_webhook_needs_a_public_host(service: Service, url: Any) -> None:
    refused = service.http.post(WEBHOOKS, json={"url": url, "eventTypes": ["nothing"]})
    check_shape(refused, 400, "VALIDATION_ERROR")
    assert {error["in"] for error in refused.json()["errors"]} == {"url", "eventTypes[0]"}, (
        "every error is reported at once"
    )


def test_the_event_bus_gets_the_same_events(service: Service) -> None:
    """A rule of the account's default bus gets it to any target of AWS's: here, a queue."""
    sqs, events = service.stack.cloud.client("sqs"), service.stack.cloud.client("events")
    url = sqs.create_queue(QueueName="bounces")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="bounces", EventPattern='{"source": ["staffetta"], "detail-type": ["email.bounced"]}')
    events.put_targets(Rule="bounces", Targets=[{"Id": "queue", "Arn": arn}])
    try:
        status_id = send(service, "bounce@simulator.amazonses.com")
        service.settle()
        reported = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        assert any(status_id in message["Body"] and '"stage": "local"' in message["Body"] for message in reported)
    finally:
        events.remove_targets(Rule="bounces", Ids=["queue"])
        events.delete_rule(Name="bounces")
        sqs.delete_queue(QueueUrl=url)
