"""Whether we may send and what is paused: by itself for too many bounces, and by hand over the API and by the `staffetta` command."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from functions.steps.sending.throttle import BLOCK_SECONDS
from tests.end_to_end.service import Service
from tests.end_to_end.support import preferences
from tests.end_to_end.support.problems import check_shape
from tests.end_to_end.support.sending.pauses import (
    BOUNCING,
    BY_HAND,
    OTHER,
    SENDING,
    changed,
    empty_the_queue,
    newsletter,
    over_the_line,
    while_ses_sends_nothing,
)
from tests.end_to_end.support.sending.sends import SEND, request
from tests.support.cli import staffetta_command

NEVER = 3499


def listed_email(service: Service, email_id: int) -> dict[str, Any]:
    (email,) = (one for one in service.http.get(SENDING).json()["emails"] if one["emailId"] == email_id)
    return dict(email)


def test_an_email_that_bounces_too_much_is_paused(service: Service) -> None:
    """Its sends are refused with the reason, and others go on. Once it is resumed, its old bounces no longer count."""
    newsletter(service, BOUNCING)
    over_the_line(service, BOUNCING)
    reported = listed_email(service, BOUNCING)
    assert reported["rates"] == {"sent": 20, "bounceRate": 100.0, "complaintRate": 0.0}
    assert (reported["transactional"], reported["pause"]["paused"], reported["pause"]["by"]) == (
        False,
        True,
        "reputation",
    )
    assert reported["pause"]["reason"] == "20 of 20 mails (100.0%) bounced; the limit is 10.0%"

    refused = preferences.send(service, BOUNCING, "ada@sending.example.net")
    assert (refused["status"], refused["sendResult"]) == ("COMPLETE", "CANCELLED_ABUSE")
    assert reported["pause"]["reason"] in refused["message"]
    assert service.mails("to:ada@sending.example.net") == []
    other = preferences.send(service, newsletter(service, OTHER), "bob@sending.example.net")
    assert service.status(other["statusId"])["sendResult"] == "SENT"

    resumed = changed(service, "resume", emailId=str(BOUNCING))
    assert (resumed["emailId"], resumed["pause"]["paused"]) == (BOUNCING, False)
    sent = preferences.send(service, BOUNCING, "ada@sending.example.net")
    assert service.status(sent["statusId"])["sendResult"] == "SENT"
    service.sweep()
    assert listed_email(service, BOUNCING)["pause"]["paused"] is False


def test_the_state_of_the_ses_account_is_shown(service: Service) -> None:
    account = service.stack.ses.account
    service.sweep()
    reported = service.http.get(SENDING).json()["ses"]
    assert (reported["sendingEnabled"], reported["enforcementStatus"]) == (True, "HEALTHY")
    assert reported["maxPerSecond"] == account.quota.max_send_rate
    account.sending_enabled = False
    try:
        service.sweep()
        assert service.http.get(SENDING).json()["ses"]["sendingEnabled"] is False
    finally:
        account.sending_enabled = True
        service.sweep()


def test_one_request_pauses_all_marketing_mail(service: Service) -> None:
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
    assert [error["in"] for error in answer.json()["errors"]] == [where]


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


def test_sends_wait_while_ses_has_stopped_the_account(service: Service) -> None:
    """It is no failure: it is tried again later, and can be canceled meanwhile."""
    waiting, canceled = while_ses_sends_nothing(service, "stopped@example.net")
    assert (waiting["status"], canceled["status"]) == ("PENDING", "CANCELED")
    assert service.mails("to:stopped@example.net") == []


def test_sends_wait_while_the_quota_of_a_day_is_exhausted(service: Service) -> None:
    """Their status shows until when. A worker may use the tokens that it leased before for a second, and SES refuses those sends."""
    service.settle()
    quota = service.stack.ses.account.quota
    whole, quota.max_24_hour_send = quota.max_24_hour_send, quota.sent_last_24_hours
    try:
        service.sweep()  # reads and stores the quota
        time.sleep(BLOCK_SECONDS)
        status_id = service.http.post(SEND, json=request(service, "waits@quota.example.net")).json()["statusId"]
        service.wait_until(lambda: "used up" in service.status(status_id).get("message", ""))
        # The worker writes the status first. If the queue was emptied before the send is back in it, the send would stay there.
        service.wait_until(lambda: delayed(service) == 1)
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
