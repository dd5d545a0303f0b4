"""Whether we may send and what is paused: by itself for too many bounces, and by hand over the API and by the `staffetta` command."""

from __future__ import annotations

import re
from typing import Any

import pytest

from functions import wiring
from functions.adapters import schema
from functions.adapters.aws.marshalling import to_item
from functions.core.account.reputation import OF_AN_EMAIL
from functions.core.emails.email import Subcategory
from infra.local.cloud import CallRecord
from tests.end_to_end import test_preferences as preferences
from tests.end_to_end.service import Service
from tests.end_to_end.test_bad_input import check_shape
from tests.end_to_end.test_flow import SEND, request
from tests.end_to_end.test_schedule import STATUSES
from tests.support import staffetta_command

SENDING = "/staffetta/v1/sending"
BOUNCING, BY_HAND, OTHER, OF_THE_TOUR = 3401, 3402, 3403, 3404
BODY = '<p>News</p><p><a href="{{ unsubscribe_link }}">Leave</a></p>'
NEVER = 3499


def newsletter(service: Service, email_id: int) -> int:
    """A new one, and nobody has sent it."""
    preferences.publish(service)
    if service.stack.container.get(wiring.adapters.emails).get(email_id) is None:
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


def changed(service: Service, verb: str, **body: Any) -> dict[str, Any]:
    answer = service.http.post(f"{SENDING}/{verb}", json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def seen(service: Service, email_id: int) -> dict[str, Any]:
    (email,) = (one for one in service.http.get(SENDING).json()["emails"] if one["emailId"] == email_id)
    return dict(email)


def test_an_email_that_bounces_too_much_is_paused_and_can_be_resumed(service: Service) -> None:
    """Its sends are refused with the reason, others go on; once resumed, the old bounces are held against it no more."""
    newsletter(service, BOUNCING)
    over_the_line(service, BOUNCING)
    told = seen(service, BOUNCING)
    assert told["rates"] == {"sent": 20, "bounceRate": 100.0, "complaintRate": 0.0}
    assert (told["transactional"], told["pause"]["paused"], told["pause"]["by"]) == (False, True, "reputation")
    assert told["pause"]["reason"] == "20 of 20 mails (100.0%) bounced; the limit is 10.0%"

    refused = preferences.send(service, BOUNCING, "ada@sending.example.net")
    assert (refused["status"], refused["sendResult"]) == ("COMPLETE", "CANCELLED_ABUSE")
    assert told["pause"]["reason"] in refused["message"]
    assert service.mails("to:ada@sending.example.net") == []
    other = preferences.send(service, newsletter(service, OTHER), "bob@sending.example.net")
    assert service.status(other["statusId"])["sendResult"] == "SENT"

    resumed = changed(service, "resume", emailId=str(BOUNCING))
    assert (resumed["emailId"], resumed["pause"]["paused"]) == (BOUNCING, False)
    sent = preferences.send(service, BOUNCING, "ada@sending.example.net")
    assert service.status(sent["statusId"])["sendResult"] == "SENT"
    service.sweep()
    assert seen(service, BOUNCING)["pause"]["paused"] is False


def test_what_ses_says_of_the_account_is_told(service: Service) -> None:
    account = service.stack.ses.account
    service.sweep()
    told = service.http.get(SENDING).json()["ses"]
    assert (told["sendingEnabled"], told["enforcementStatus"]) == (True, "HEALTHY")
    assert told["maxPerSecond"] == account.quota.max_send_rate
    account.sending_enabled = False
    try:
        service.sweep()
        assert service.http.get(SENDING).json()["ses"]["sendingEnabled"] is False
    finally:
        account.sending_enabled = True
        service.sweep()


def test_all_mail_that_is_not_transactional_is_paused_at_a_word(service: Service) -> None:
    """And resumed before any worker looks: one remembers for half a minute, and other tests send too."""
    paused = changed(service, "pause", all=True, reason="wrong prices")
    try:
        assert (paused["all"], paused["pause"]["paused"], paused["pause"]["reason"]) == (True, True, "wrong prices")
        assert service.http.get(SENDING).json()["pause"] == paused["pause"]
    finally:
        over = changed(service, "resume", all=True)
    assert over["pause"]["paused"] is False
    assert over["pause"]["resumedBy"] == over["pause"]["by"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "emailId"),
        ({"all": True, "emailId": 7}, "emailId"),
        ({"all": "yes"}, "all"),
        ({"emailId": -1}, "emailId"),
        ({"emailId": True}, "emailId"),
        ({"emailId": "٣"}, "emailId"),
        ({"emailId": 7, "reason": "x" * 501}, "reason"),
    ],
)
def test_a_request_that_names_nothing_or_too_much_is_refused(service: Service, body: Any, where: str) -> None:
    answer = service.http.post(f"{SENDING}/pause", json=body)
    check_shape(answer, 400, "VALIDATION_ERROR")
    assert [fault["in"] for fault in answer.json()["errors"]] == [where]


def test_an_unknown_email_is_404(service: Service) -> None:
    for verb in ("pause", "resume"):
        check_shape(service.http.post(f"{SENDING}/{verb}", json={"emailId": NEVER}), 404, "OBJECT_NOT_FOUND")


def test_the_command_does_the_same(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", service.ready.aws_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", service.stack.cloud.region)
    email_id = newsletter(service, BY_HAND)

    def staffetta(*words: str) -> str:
        return staffetta_command.staffetta("sending", *words, "--stage", "local")

    assert "PAUSED" in staffetta("pause", str(email_id), "--reason", "wrong prices")
    (line,) = (line for line in staffetta("status").splitlines() if line.startswith(f"{email_id} "))
    assert re.search(r" marketing +0 +0 % +0 % +PAUSED since ", line)
    assert line.rstrip().endswith(": wrong prices")
    assert " by arn:aws:" in line
    refused = preferences.send(service, email_id, "eve@sending.example.net")
    assert (refused["sendResult"], "wrong prices" in refused["message"]) == ("EMAIL_DISABLED", True)
    assert "resumed on" in staffetta("resume", str(email_id))
    assert re.match(r"SES +sends, HEALTHY; ", staffetta("status"))
    failed = staffetta_command.failing("sending", "pause", str(NEVER), "--stage", "local")
    assert "there is no email 3499" in failed


def tour_sending(service: Service) -> None:
    """Both doors of a send that is not transactional, a pause by itself, and one by hand."""
    email_id = newsletter(service, OF_THE_TOUR)
    over_the_line(service, email_id)
    changed(service, "resume", emailId=email_id)
    preferences.send(service, email_id, "tour@sending.example.net", f"/{SEND}")
    changed(service, "pause", all=True)
    changed(service, "resume", all=True)
    service.http.get(SENDING)
    forget_the_pause_of_all(service)
    while_ses_sends_nothing(service, "stopped@sending.example.net")


def test_what_an_account_that_ses_stopped_cannot_send_waits_and_says_so(service: Service) -> None:
    """It is no failure: it is tried again later, and can be canceled meanwhile."""
    waiting, canceled = while_ses_sends_nothing(service, "stopped@example.net")
    assert (waiting["status"], canceled["status"]) == ("PENDING", "CANCELED")
    assert service.mails("to:stopped@example.net") == []


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


def test_while_the_quota_of_a_day_is_used_up_sends_wait_and_say_until_when(service: Service) -> None:
    quota = service.stack.ses.account.quota
    whole, quota.max_24_hour_send = quota.max_24_hour_send, quota.sent_last_24_hours
    service.sweep()  # which tells the governor
    try:
        status_id = service.http.post(SEND, json=request(service, "waits@quota.example.net")).json()["statusId"]
        service.wait_until(lambda: "used up" in service.status(status_id).get("message", ""))
        service.wait_until(
            lambda: delayed(service) == 1
        )  # else the queue is emptied before the worker puts the send there
        waiting = service.status(status_id)
        assert waiting["status"] in {"PENDING", "PROCESSING"}
        _, _, until = waiting["message"].partition("it is read again at ")
        assert until > waiting["requestedAt"]
        assert service.mails("to:quota.example.net") == []
    finally:
        quota.max_24_hour_send = whole
        service.sweep()
        empty_the_queue(service)
    service.http.post(SEND, json=request(service, "goes@quota.example.net"))
    service.settle()
    assert len(service.mails("to:quota.example.net")) == 1


def delayed(service: Service) -> int:
    """How many sends wait in the queue for their time."""
    name, queue = "ApproximateNumberOfMessagesDelayed", service.stack.container.settings.send_queue_url
    answer = service.stack.cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=[name])
    return int(answer["Attributes"][name])


def postponed(service: Service) -> list[CallRecord]:
    return [call for call in service.stack.cloud.calls if call.operation == "ChangeMessageVisibility"]


def forget_the_pause_of_all(service: Service) -> None:
    """After a resumption, mail is judged from the next hour on only: other tests will not wait for that."""
    pause = to_item({"subject": schema.PAUSE, "bucket": schema.PAUSE})
    table = service.stack.container.settings.metrics_table
    service.stack.cloud.client("dynamodb").delete_item(TableName=table, Key=pause)
