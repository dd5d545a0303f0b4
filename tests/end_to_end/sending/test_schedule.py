"""`sendAt` and `DELETE`: later, and not at all."""

from __future__ import annotations

from functions.core import timestamps
from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.schedule import STATUSES, bring_forward, send_later
from tests.end_to_end.support.sending.sends import SEND, request


def test_a_send_for_later_is_sent_when_its_time_comes(service: Service) -> None:
    """The sweeper queues it; here its time is moved, since a test must not wait."""
    reported = send_later(service, "later@example.net", 3600)
    service.sweep()
    service.settle()
    assert service.status(reported["statusId"])["status"] == "PENDING"
    assert not service.mails("to:later@example.net")
    bring_forward(service, reported["statusId"])
    service.sweep()
    service.settle()
    assert service.status(reported["statusId"])["sendResult"] == "SENT"
    assert len(service.mails("to:later@example.net")) == 1


def test_a_send_for_the_next_moment_waits_in_the_queue(service: Service) -> None:
    reported = send_later(service, "soon@example.net", 2)
    assert not service.mails("to:soon@example.net")
    service.settle()
    status = service.status(reported["statusId"])
    assert status["sendResult"] == "SENT"
    assert timestamps.parse(status["startedAt"]) - timestamps.parse(status["requestedAt"]) >= 1


def test_a_send_for_later_can_be_canceled(service: Service) -> None:
    reported = send_later(service, "never@example.net", 3600)
    answer = service.http.request("DELETE", f"{STATUSES}/{reported['statusId']}")
    assert (answer.status_code, answer.json()["status"]) == (200, "CANCELED")
    bring_forward(service, reported["statusId"])
    service.sweep()
    service.settle()
    assert service.status(reported["statusId"])["status"] == "CANCELED"
    assert not service.mails("to:never@example.net")


def test_a_scheduled_send_is_reported_when_the_stack_ends(service: Service) -> None:
    """The send cannot finish by then, so the stack must report it to its sender."""
    reported = send_later(service, "lost@example.net", 3600)
    assert f"{reported['statusId']} to lost@example.net" in service.stack.pending()
    service.http.request("DELETE", f"{STATUSES}/{reported['statusId']}")
    assert not [one for one in service.stack.pending() if reported["statusId"] in one]


def test_what_was_sent_cannot_be_canceled(service: Service) -> None:
    reported = service.http.post(SEND, json=request(service, "gone@example.net")).json()
    service.settle()
    answer = service.http.request("DELETE", f"{STATUSES}/{reported['statusId']}")
    assert (answer.status_code, answer.json()["category"]) == (409, "CONFLICT")
    assert service.http.request("DELETE", f"{STATUSES}/nobody").status_code == 404
