"""message.maxDeliverySeconds: a late code is not sent, and SES gets the limit of a prompt one."""

from __future__ import annotations

import pytest

from functions.core.outcomes import SendResult
from functions.core.sending import max_delivery_time
from functions.core.sending.send import State
from functions.steps.sending.deliver import EXPIRED
from tests.support.accepting import AcceptScenario, ScheduleScenario
from tests.support.delivering import DeliverScenario
from tests.support.examples import NOON, NOON_TEXT, a_request, a_send, an_email


def test_accept_sets_when_the_mail_is_of_no_use() -> None:
    scenario = AcceptScenario()
    scenario.accept(a_request(max_delivery_seconds=600))
    assert [send.expires_at for send in scenario.queued()] == [max_delivery_time.expiry(NOON_TEXT, 600)]


def test_a_scheduled_sends_time_begins_when_due() -> None:
    scenario = ScheduleScenario()
    later = "2026-11-23T12:10:00.000Z"
    scenario.accept(a_request(send_at=later, max_delivery_seconds=600))
    assert [send.expires_at for send in scenario.queued()] == [max_delivery_time.expiry(later, 600)]


def test_marketing_mail_has_no_time_limit() -> None:
    scenario = AcceptScenario()
    scenario.emails.live[7] = an_email(subscription="news")
    refused = scenario.accept(a_request(max_delivery_seconds=600)).message
    assert (refused.state, refused.result) == (State.REFUSED, SendResult.VALIDATION_FAILED)


@pytest.mark.parametrize(("waited", "limit"), [(1, 900), (500, 300), (899, 300)])
def test_ses_gets_the_rest_of_the_time(waited: float, limit: int) -> None:
    scenario = DeliverScenario(a_send(expires_at=max_delivery_time.expiry(NOON_TEXT, 900)))
    scenario.clock.now = NOON + waited
    scenario.worker()(scenario.send, 1)
    assert [mail.time_limit for mail in scenario.mailer.taken] == [limit]


def test_a_mail_that_waited_too_long_is_not_sent() -> None:
    scenario = DeliverScenario(a_send(expires_at=max_delivery_time.expiry(NOON_TEXT, 900)))
    scenario.clock.now = NOON + 900
    scenario.worker()(scenario.send, 1)
    assert scenario.mailer.taken == []
    assert scenario.outcomes() == [(State.REFUSED, SendResult.UNDELIVERABLE, EXPIRED)]
    assert scenario.queue.dead_letters == []


def test_a_mail_without_a_limit_has_ses_own() -> None:
    scenario = DeliverScenario()
    scenario.worker()(scenario.send, 1)
    assert [mail.time_limit for mail in scenario.mailer.taken] == [0]
