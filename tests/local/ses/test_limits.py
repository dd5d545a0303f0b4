"""What SES refuses: senders, recipients and messages, a paused account, and mail over the quota."""

from datetime import timedelta
from typing import Any

import pytest

from infra.local.ses import SesError, Submission


@pytest.mark.parametrize(
    ("sender", "verified"),
    [
        ("orders@example.com", True),
        ("orders@deep.mail.example.com", True),
        ("orders@notexample.com", False),
        ("only@single.org", True),
        ("only+label@single.org", True),
        ("other@single.org", False),
        ("orders@unverified.example.org", False),
    ],
)
def test_verified_identities_may_send(ses_scenario: Any, make_mime: Any, sender: str, verified: bool) -> None:
    """A domain covers its addresses and subdomains. An address covers itself and its labels."""
    ses_scenario.client.create_email_identity(EmailIdentity="only@single.org")
    ses_scenario.client.create_email_identity(EmailIdentity="unverified.example.org")
    raw = make_mime(From=sender)
    if verified:
        assert ses_scenario.send(raw=raw)
        return
    error = ses_scenario.refusal(raw=raw)
    assert (error.code, error.status) == ("MessageRejected", 400)
    assert error.message == (
        "Email address is not verified. The following identities failed the check in region US-EAST-1: " + sender
    )


def test_the_sandbox_checks_the_recipients(ses_scenario: Any) -> None:
    ses_scenario.ses.account.production_access = False
    ses_scenario.client.create_email_identity(EmailIdentity="friend@verified.test")
    error = ses_scenario.refusal(to="ada@customer.test")
    assert error.code == "MessageRejected"
    assert error.message.endswith("failed the check in region US-EAST-1: ada@customer.test")
    for recipient in ("friend@verified.test", "anybody@example.com", "bounce@simulator.amazonses.com"):
        assert ses_scenario.send(to=recipient)
    assert ses_scenario.client.get_account()["ProductionAccessEnabled"] is False


def test_the_envelope_sender_is_checked_too(ses_scenario: Any) -> None:
    """SES verifies From, Source, Sender and Return-Path alike."""
    assert "boss@elsewhere.org" in ses_scenario.refusal(source="boss@elsewhere.org").message


def test_too_many_recipients_are_refused(ses_scenario: Any, make_mime: Any) -> None:
    """The limit is 50 of To, Cc and Bcc together."""
    many = tuple(f"r{n}@customer.test" for n in range(51))
    with pytest.raises(SesError, match="Recipient count exceeds 50"):
        ses_scenario.ses.submit(Submission(raw=make_mime(), destinations=many))
    ses_scenario.ses.submit(Submission(raw=make_mime(), destinations=many[:50], configuration_set="transactional"))
    assert [len(mail.recipients) for mail in ses_scenario.mails()] == [50]
    assert ses_scenario.kinds().count("Send") == 1
    assert ses_scenario.kinds().count("Delivery") == 50


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"To: a@b.test\r\n\r\nx", "Missing required header 'From'."),
        (b"", "Missing required header 'From'."),
        (b"From: a@example.com\r\nFrom: b@example.com\r\n\r\nx", "Duplicate header 'From'."),
        (b"From: a@example.com\r\n\r\n" + b"x" * (40 * 1024 * 1024), "Message length is more than"),
    ],
)
def test_malformed_messages_are_refused(ses_scenario: Any, raw: bytes, message: str) -> None:
    """The errors have SES's own words."""
    error = ses_scenario.refusal(raw=raw or b"\r\n")
    assert error.code == "BadRequestException"
    assert message in error.message


def test_paused_sending_is_refused(ses_scenario: Any) -> None:
    """The account, the set, or a failing MAIL FROM domain can pause it."""
    ses_scenario.client.put_configuration_set_sending_options(
        ConfigurationSetName="transactional", SendingEnabled=False
    )
    assert ses_scenario.refusal().code == "SendingPausedException"
    ses_scenario.client.put_email_identity_mail_from_attributes(
        EmailIdentity="example.com", MailFromDomain="unverified.example.com", BehaviorOnMxFailure="REJECT_MESSAGE"
    )
    assert ses_scenario.refusal(configuration_set=None).code == "MailFromDomainNotVerifiedException"
    ses_scenario.client.put_account_sending_attributes(SendingEnabled=False)
    assert ses_scenario.refusal(configuration_set=None).code == "SendingPausedException"


def test_over_the_rate_is_dropped_not_queued(ses_scenario: Any) -> None:
    """A second later a send is accepted, and the refused message never arrives."""
    ses_scenario.ses.account.quota.max_send_rate = 2.0
    ses_scenario.send()
    ses_scenario.send()
    error = ses_scenario.refusal()
    assert (error.status, error.code) == (429, "TooManyRequestsException")
    assert "Maximum sending rate exceeded" in error.message
    ses_scenario.clock.advance(seconds=1)
    ses_scenario.send()
    assert len(ses_scenario.mails()) == 3


def test_the_next_sends_can_be_throttled(ses_scenario: Any) -> None:
    """A test of a client need not be faster than the rate."""
    ses_scenario.ses.account.quota.throttled_next = 2
    assert [ses_scenario.refusal().code for _ in range(2)] == ["TooManyRequestsException"] * 2
    ses_scenario.send()
    assert len(ses_scenario.mails()) == 1


def test_over_the_day_is_refused_until_24_hours_have_passed(ses_scenario: Any) -> None:
    """The window rolls. The mailbox simulator's addresses are free."""
    ses_scenario.ses.account.quota.max_24_hour_send = 1.0
    ses_scenario.send()
    ses_scenario.send("success@simulator.amazonses.com")
    assert "Daily message quota exceeded" in ses_scenario.refusal().message
    ses_scenario.clock.advance(hours=24)
    ses_scenario.send()


def test_the_quota_uses_little_memory(ses_scenario: Any) -> None:
    """A day of sends is summed in steps, not stored one by one. The sum is exact within a step."""
    quota = ses_scenario.ses.account.quota
    quota.max_send_rate = 1e9
    for _ in range(3000):
        quota.spend(1, counted=1)
        ses_scenario.clock.advance(seconds=1)
    assert quota.sent_last_24_hours == 3000
    assert len(quota._day._spent) < 1100
    ses_scenario.clock.now += timedelta(days=1)
    assert quota.sent_last_24_hours == 0
