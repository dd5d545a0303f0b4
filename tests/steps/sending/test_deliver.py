from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.errors import PermanentFailure, Retry, Throttled
from functions.core.outcomes import SendResult
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import FAILED_ATTEMPTS_MAX, Attempt, MessageKey, State
from functions.steps.sending.deliver import DELAY_MAX_SECONDS
from tests.support.delivering import (
    ATTEMPTS,
    THREE,
    DeliverScenario,
)
from tests.support.examples import (
    NOON,
    a_revision,
    a_send,
    messages_of,
)


def test_a_send_is_delivered_and_settled() -> None:
    scenario = DeliverScenario()
    scenario.worker()(scenario.send, 1)
    (mail,) = scenario.mailer.taken
    assert (mail.sender, mail.recipient, mail.transactional) == ("shop@example.com", "ada@example.net", True)
    assert mail.tags == {
        "staffetta_send": "s-1",
        "staffetta_recipient": "0",
        "staffetta_email": "7",
        "ses:feedback-id-a": "7",
    }
    assert b"Subject: Order 42\r\n" in mail.raw
    assert scenario.outcomes() == [(State.SENT, SendResult.SENT, "")]
    assert scenario.sends.stored[MessageKey("s-1", 0)].ses_message_id == "ses-1"


def test_each_recipient_gets_the_same_mail_without_bcc() -> None:
    scenario = DeliverScenario(a_send(recipients=THREE))
    scenario.worker()(scenario.send, 1)
    assert scenario.recipients() == ["ada@example.net", "bob@example.net", "eve@example.net"]
    assert len({mail.raw for mail in scenario.mailer.taken}) == 1
    assert b"eve@" not in scenario.mailer.taken[0].raw


@pytest.mark.parametrize("workers", [1, 2])
def test_a_redelivery_sends_nothing(workers: int) -> None:
    scenario = DeliverScenario()
    for number in range(4):
        scenario.worker()(scenario.send, number % workers + 1)
    assert len(scenario.mailer.taken) == 1


def test_a_throttled_send_is_queued_without_costing_an_attempt() -> None:
    scenario = DeliverScenario()
    for _ in range(4 * ATTEMPTS):
        scenario.mailer.answers = [Throttled("Maximum sending rate exceeded")]
        scenario.worker()(scenario.send, 1)
        ((again, delay),) = scenario.queue.waiting
        assert again == replace(scenario.send, waiting_since=scenario.clock())
        assert delay > 0
        scenario.queue.waiting.clear()
    assert scenario.states() == [State.QUEUED]
    scenario.worker()(scenario.send, 1)
    assert scenario.outcomes() == [(State.SENT, SendResult.SENT, "")]


def test_failed_attempts_are_stored_with_their_reasons() -> None:
    """The first FAILED_ATTEMPTS_MAX of them are stored. The last outcome is the message's own."""
    scenario = DeliverScenario()
    for number in range(FAILED_ATTEMPTS_MAX + 5):
        scenario.mailer.answers = [Throttled(f"rate {number}")]
        scenario.worker()(scenario.send, 1)
        scenario.queue.waiting.clear()
        scenario.clock.now += 1
    scenario.worker()(scenario.send, 1)
    (message,) = scenario.sends.stored.values()
    assert (message.state, message.attempts) == (State.SENT, FAILED_ATTEMPTS_MAX + 6)
    assert message.failed_attempts == tuple(
        Attempt(number + 1, timestamps.iso(NOON + number), f"rate {number}") for number in range(FAILED_ATTEMPTS_MAX)
    )


def test_a_fresh_copy_carries_its_earlier_attempts() -> None:
    scenario = DeliverScenario()
    scenario.mailer.answers = [Throttled("slow down", after_seconds=5_000)]
    scenario.worker()(scenario.send, 3)
    ((again, delay),) = scenario.queue.waiting
    assert (again.attempts, delay) == (2, DELAY_MAX_SECONDS)


def test_a_throttled_recipient_does_not_send_the_others_again() -> None:
    scenario = DeliverScenario(a_send(recipients=THREE))
    scenario.mailer.answers = [None, Throttled("rate")]
    scenario.worker()(scenario.send, 1)
    assert scenario.states() == [State.SENT, State.QUEUED, State.SENT]
    ((again, _),) = scenario.queue.waiting
    scenario.worker()(again, 1)
    assert sorted(scenario.recipients()) == ["ada@example.net", "bob@example.net", "eve@example.net"]


def test_a_failed_connection_is_retried() -> None:
    scenario = DeliverScenario()
    scenario.mailer.answers = [Retry("SES cannot be reached")]
    with pytest.raises(Retry, match="cannot be reached"):
        scenario.worker()(scenario.send, 1)
    assert scenario.outcomes() == [(State.QUEUED, None, "SES cannot be reached")]
    scenario.worker()(scenario.send, 2)
    assert scenario.outcomes() == [(State.SENT, SendResult.SENT, "")]


def test_the_last_attempt_dead_letters_with_its_reason() -> None:
    scenario = DeliverScenario(a_send(recipients=THREE))
    for receives in range(1, ATTEMPTS + 1):
        scenario.mailer.answers = (
            [None, Retry("SES is down"), Retry("SES is down")] if receives == 1 else [Retry("SES is down")] * 2
        )
        with pytest.raises(Retry):
            scenario.worker()(scenario.send, receives)
    scenario.worker()(scenario.send, ATTEMPTS + 1)
    assert scenario.states() == [State.SENT, State.FAILED, State.FAILED]
    ((dead_letter, reason),) = scenario.queue.dead_letters
    assert dead_letter == scenario.send
    assert reason == "given up after 5 attempts; the last one: SES is down"
    assert scenario.outcomes()[1] == (State.FAILED, SendResult.UNDELIVERABLE, reason)
    scenario.worker()(scenario.send, ATTEMPTS + 2)
    assert len(scenario.queue.dead_letters) == 1


def test_a_permanent_failure_refuses_only_its_recipient() -> None:
    scenario = DeliverScenario(a_send(recipients=THREE))
    scenario.mailer.answers = [None, PermanentFailure(SendResult.UNDELIVERABLE, "MessageRejected")]
    scenario.worker()(scenario.send, 1)
    assert scenario.states() == [State.SENT, State.REFUSED, State.SENT]
    assert scenario.outcomes()[1] == (State.REFUSED, SendResult.UNDELIVERABLE, "MessageRejected")
    assert [reason for _, reason in scenario.queue.dead_letters] == ["bob@example.net: UNDELIVERABLE: MessageRejected"]


@pytest.mark.parametrize(
    ("changed", "result", "reason"),
    [
        ({"custom": {}}, SendResult.MISSING_TEMPLATE_PROPERTIES, "custom.order"),
        ({"custom": {"order": {"a": 1}}}, SendResult.TEMPLATE_RENDER_EXCEPTION, "cannot calculate dict + int"),
    ],
)
def test_a_rendering_error_refuses_every_recipient(changed: dict[str, Any], result: SendResult, reason: str) -> None:
    scenario = DeliverScenario(
        a_send(recipients=THREE, **changed),
        a_revision(text="{{ contact.firstname }}", subject="{{ custom.order + 1 }}"),
    )
    scenario.worker()(scenario.send, 1)
    assert scenario.states() == [State.REFUSED] * 3
    assert {outcome[1] for outcome in scenario.outcomes()} == {result}
    assert len(scenario.queue.dead_letters) == 1
    assert scenario.recipients() == []
    assert reason in scenario.queue.dead_letters[0][1]
    scenario.worker()(scenario.send, 1)
    assert len(scenario.queue.dead_letters) == 1, "another copy of it makes no second dead letter"


def test_a_canceled_send_is_not_dead_lettered() -> None:
    scenario = DeliverScenario(a_send(contact={}), a_revision(text="{{ contact.firstname }}"))
    assert scenario.sends.settle(MessageKey(scenario.send.id, 0), Transition.CANCEL, now=scenario.clock())
    scenario.worker()(scenario.send, 1)
    assert (scenario.states(), scenario.queue.dead_letters) == ([State.CANCELED], [])


def test_a_hostile_header_is_refused() -> None:
    scenario = DeliverScenario(a_send(), a_revision(subject="{{ '\\x00' }}"))
    scenario.worker()(scenario.send, 1)
    assert scenario.outcomes()[0][:2] == (State.REFUSED, SendResult.CORRUPT_INPUT)


def test_an_expired_send_is_dropped() -> None:
    scenario = DeliverScenario()
    scenario.sends.stored.clear()
    scenario.worker()(scenario.send, 1)
    assert (scenario.recipients(), scenario.queue.dead_letters) == ([], [])


def test_a_revision_is_compiled_once_per_worker() -> None:
    scenario = DeliverScenario()
    worker = scenario.worker()
    worker(scenario.send, 1)
    scenario.emails.revisions.clear()
    second = a_send(id="s-2")
    scenario.sends.create(messages_of(second))
    worker(second, 1)
    assert len(scenario.mailer.taken) == 2
