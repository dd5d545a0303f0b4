"""Whether the account may send: pauses, and a tour of them."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.adapters import schema
from functions.adapters.aws.marshalling import to_item
from functions.core.account.reputation import OF_AN_EMAIL
from functions.core.emails.email import Subcategory
from infra.local.cloud import CallRecord
from tests.end_to_end.service import Service
from tests.end_to_end.support import preferences
from tests.end_to_end.support.sending.schedule import STATUSES
from tests.end_to_end.support.sending.sends import SEND, request

SENDING = "/staffetta/v1/sending"
BOUNCING, BY_HAND, OTHER, OF_THE_TOUR = 3401, 3402, 3403, 3404
BODY = '<p>News</p><p><a href="{{ unsubscribe_link }}">Leave</a></p>'


def newsletter(service: Service, email_id: int) -> int:
    """Publishes a newsletter under this id, if it does not exist yet. Returns the id."""
    preferences.publish(service)
    if service.stack.container.get(wiring.adapters.emails.emails).get(email_id) is None:
        kind = {"subcategory": Subcategory.MARKETING_SINGLE_SEND_API, "subscription": preferences.NEWS}
        service.stack.container.get(wiring.emails.publish_email)(preferences.draft(email_id, BODY, **kind))
    return email_id


def over_the_line(service: Service, email_id: int) -> None:
    """As many hard bounces as are no chance any more, seen by the sweep."""
    for number in range(OF_AN_EMAIL.least_bounces):
        to = f"bounce+{email_id}-{number}@simulator.amazonses.com"
        service.http.post(SEND, json={"emailId": email_id, "message": {"to": to}})
    service.settle()
    service.sweep()


def resumed_before_today(service: Service) -> None:
    """Moves the resumption of all mail into the past: bounces count again from the next hour on, and other tests need theirs now."""
    pauses = service.stack.container.get(wiring.adapters.account.account_pause)
    resumed = pauses.get()
    assert resumed
    assert pauses.compare_and_set(resumed, replace(resumed, resumed_at="2026-01-01T00:00:00.000Z"))


def changed(service: Service, verb: str, **body: Any) -> dict[str, Any]:
    answer = service.http.post(f"{SENDING}/{verb}", json=body)
    assert answer.status_code == 200, answer.text
    reported: dict[str, Any] = answer.json()
    return reported


def tour_sending(service: Service) -> None:
    """Both doors of a send that is not transactional, a pause by itself, and one by hand."""
    service.http.get("/staffetta/v1/dedicated-ips")
    email_id = newsletter(service, OF_THE_TOUR)
    over_the_line(service, email_id)
    changed(service, "resume", emailId=email_id)
    preferences.send(service, email_id, "tour@sending.example.net", f"/{SEND}")
    changed(service, "pause", all=True)
    changed(service, "resume", all=True)
    service.http.get(SENDING)
    delete_the_pause_of_all(service)
    while_ses_sends_nothing(service, "stopped@sending.example.net")


def while_ses_sends_nothing(service: Service, to: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A send's status once SES refused it, and as it is canceled then."""
    before = len(postponed(service))
    service.stack.ses.account.sending_enabled = False
    try:
        status_id = service.http.post(SEND, json=request(service, to)).json()["statusId"]
        service.wait_until(lambda: "disabled" in service.status(status_id).get("message", ""))
        service.wait_until(lambda: len(postponed(service)) > before)
        waiting = service.status(status_id)
        canceled = service.http.request("DELETE", f"{STATUSES}/{status_id}").json()
    finally:
        service.stack.ses.account.sending_enabled = True
        empty_the_queue(service)
    return waiting, canceled


def empty_the_queue(service: Service) -> None:
    """What waits in it comes back in five minutes only."""
    queue = service.stack.container.settings.send_queue_url
    with pytest.MonkeyPatch.context() as patch:  # moto, as SQS, purges a queue once a minute
        patch.setenv("MOTO_SQS_ENFORCE_STRICT_QUEUE_PURGE_BEHAVIOUR", "false")
        service.stack.cloud.client("sqs").purge_queue(QueueUrl=queue)
    service.settle()


def postponed(service: Service) -> list[CallRecord]:
    return [call for call in service.stack.cloud.calls if call.operation == "ChangeMessageVisibility"]


def delete_the_pause_of_all(service: Service) -> None:
    """After a resumption, mail is judged from the next hour on only: other tests will not wait for that."""
    pause = to_item({"subject": schema.PAUSE, "bucket": schema.PAUSE})
    table = service.stack.container.settings.metrics_table
    service.stack.cloud.client("dynamodb").delete_item(TableName=table, Key=pause)
