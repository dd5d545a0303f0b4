"""`sendAt` and `DELETE`: later, and not at all."""

from __future__ import annotations

import time
from typing import Any

from functions.core import timestamps
from tests.end_to_end.service import Service
from tests.end_to_end.test_flow import SEND, request

STATUSES = "/marketing/v3/email/send-statuses"


def send_later(service: Service, to: str, seconds: float, path: str = SEND) -> dict[str, Any]:
    asked = request(service, to)
    asked["message"]["sendAt"] = timestamps.iso(time.time() + seconds)
    answer: dict[str, Any] = service.http.post(path, json=asked).json()
    return answer


def test_a_send_for_later_is_sent_when_its_time_comes(service: Service) -> None:
    """The sweeper queues it; here its time is moved, since a test must not wait."""
    told = send_later(service, "later@example.net", 3600)
    service.sweep()
    service.settle()
    assert service.status(told["statusId"])["status"] == "PENDING"
    assert not service.mails("to:later@example.net")
    bring_forward(service, told["statusId"])
    service.sweep()
    service.settle()
    assert service.status(told["statusId"])["sendResult"] == "SENT"
    assert len(service.mails("to:later@example.net")) == 1


def test_a_send_for_the_next_moment_waits_in_the_queue(service: Service) -> None:
    told = send_later(service, "soon@example.net", 2)
    assert not service.mails("to:soon@example.net")
    service.settle()
    status = service.status(told["statusId"])
    assert status["sendResult"] == "SENT"
    assert timestamps.parse(status["startedAt"]) - timestamps.parse(status["requestedAt"]) >= 1


def test_a_send_for_later_can_be_canceled(service: Service) -> None:
    told = send_later(service, "never@example.net", 3600)
    answer = service.http.request("DELETE", f"{STATUSES}/{told['statusId']}")
    assert (answer.status_code, answer.json()["status"]) == (200, "CANCELED")
    bring_forward(service, told["statusId"])
    service.sweep()
    service.settle()
    assert service.status(told["statusId"])["status"] == "CANCELED"
    assert not service.mails("to:never@example.net")


def test_a_send_for_later_is_told_when_the_stack_ends(service: Service) -> None:
    """It cannot be finished by then, so its sender must hear of it."""
    told = send_later(service, "lost@example.net", 3600)
    assert f"{told['statusId']} to lost@example.net" in service.stack.pending()
    service.http.request("DELETE", f"{STATUSES}/{told['statusId']}")
    assert not [one for one in service.stack.pending() if told["statusId"] in one]


def test_what_was_sent_cannot_be_canceled(service: Service) -> None:
    told = service.http.post(SEND, json=request(service, "gone@example.net")).json()
    service.settle()
    answer = service.http.request("DELETE", f"{STATUSES}/{told['statusId']}")
    assert (answer.status_code, answer.json()["category"]) == (409, "CONFLICT")
    assert service.http.request("DELETE", f"{STATUSES}/nobody").status_code == 404


def bring_forward(service: Service, send_id: str) -> None:
    """As if it had been asked for now, where it still waits."""
    now = timestamps.iso(time.time())
    table = service.stack.container.settings.sends_table
    client = service.stack.cloud.client("dynamodb")
    key = {"send_id": {"S": send_id}, "recipient": {"N": "0"}}
    if "due_hour" in client.get_item(TableName=table, Key=key)["Item"]:
        client.update_item(
            TableName=table,
            Key=key,
            UpdateExpression="SET due_at = :now, due_hour = :hour",
            ExpressionAttributeValues={":now": {"S": now}, ":hour": {"S": timestamps.hour(now)}},
        )
