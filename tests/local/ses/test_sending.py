"""Messages from submission to mailbox: SES's checks, headers, limits, outcomes and events."""

import base64
import json
import re
import threading
import uuid
from datetime import timedelta
from email import message_from_bytes
from typing import Any

import pytest

from infra.local.mailbox import Mailbox
from infra.local.ses import SesError, SesSimulator, Submission
from infra.local.ses.delivery import EICAR
from infra.local.ses.operations import HANDLERS

SES_ID = re.compile(r"0100[0-9a-f]{12}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-000000")


def refusal(world: Any, **given: Any) -> SesError:
    with pytest.raises(SesError) as caught:
        world.send(**given)
    return caught.value


def test_a_message_is_sent_then_delivered(world: Any) -> None:
    """Send comes before Delivery, and the id the caller got is the one in the events."""
    message_id = world.send()
    assert SES_ID.fullmatch(message_id)
    assert world.kinds() == ["Send", "Delivery"]
    assert {event["mail"]["messageId"] for event in world.events()} == {message_id}
    assert [mail.recipient for mail in world.mails()] == ["ada@customer.test"]


def test_events_have_the_envelope_of_event_publishing(world: Any) -> None:
    """Every member of `mail`, as the developer guide lists them."""
    message_id = world.send(tags={"send-id": "s1"}, caller_identity="deliver-role", source_ip="203.0.113.9")
    send, delivery = world.events()
    mail = send["mail"]
    assert mail["timestamp"] == "2026-11-23T15:38:00.123Z"
    assert mail["source"] == "Da Nino <orders@example.com>"
    assert mail["sourceArn"] == "arn:aws:ses:us-east-1:123456789012:identity/example.com"
    assert mail["sendingAccountId"] == "123456789012"
    assert mail["destination"] == ["ada@customer.test"]
    assert mail["headersTruncated"] is False
    assert {"name": "Subject", "value": "Receipt"} in mail["headers"]
    assert mail["commonHeaders"] == {
        "from": ["Da Nino <orders@example.com>"],
        "date": "Mon, 23 Nov 2026 15:38:00 +0000",
        "to": ["ada@customer.test"],
        "messageId": message_id,
        "subject": "Receipt",
    }
    assert mail["tags"] == {
        "send-id": ["s1"],
        "ses:operation": ["SendRawEmail"],
        "ses:configuration-set": ["transactional"],
        "ses:source-ip": ["203.0.113.9"],
        "ses:from-domain": ["example.com"],
        "ses:caller-identity": ["deliver-role"],
    }
    assert send["send"] == {}
    assert delivery["mail"]["tags"]["ses:outgoing-ip"] == ["192.0.2.1"]
    assert delivery["delivery"]["recipients"] == ["ada@customer.test"]
    assert delivery["delivery"]["smtpResponse"].startswith("250 ")


def test_headers_over_ten_kilobytes_are_truncated_in_events(world: Any, make_mime: Any) -> None:
    """And the event says so."""
    world.send(raw=make_mime(**{f"X_Long_{n}": "x" * 900 for n in range(20)}))
    mail = world.events()[0]["mail"]
    assert mail["headersTruncated"] is True
    assert len(json.dumps(mail["headers"])) < 12_000


def test_recipients_get_ses_headers_and_none_of_its_orders(world: Any) -> None:
    """Message-ID and Date are SES's, Bcc and X-SES-* are gone, Return-Path is SES's own."""
    raw = (
        b"From: orders@example.com\r\nTo: ada@customer.test\r\nBcc: blind@customer.test\r\nSubject: x\r\n"
        b"Message-ID: <mine@example.com>\r\nDate: Thu, 01 Jan 1970 00:00:00 +0000\r\nReturn-Path: b@example.com\r\n"
        b"X-SES-CONFIGURATION-SET: transactional\r\nX-SES-MESSAGE-TAGS: a=1,\r\n b=2\r\n\r\nbody\r\n"
    )
    message_id = world.ses.submit(Submission(raw=raw))
    mails = world.mails()
    assert {mail.recipient for mail in mails} == {"ada@customer.test", "blind@customer.test"}
    received = message_from_bytes(mails[0].raw)
    assert received["Message-ID"] == f"<{message_id}@email.amazonses.com>"
    assert received.get_all("Date") == ["Mon, 23 Nov 2026 15:38:00 +0000"]
    assert received.get_all("Return-Path") == [f"<{message_id}@amazonses.com>"]
    assert b"blind" not in mails[0].raw
    assert b"X-SES" not in mails[0].raw
    tags = world.events()[0]["mail"]["tags"]
    assert (tags["a"], tags["b"]) == (["1"], ["2"])


def test_the_senders_part_of_the_feedback_id_comes_from_two_tags(world: Any) -> None:
    """They are the only tags with a colon that SES takes from a sender."""
    world.send(tags={"ses:feedback-id-a": "receipts", "a": "1"})
    (mail,) = world.mails()
    assert message_from_bytes(mail.raw)["Feedback-ID"] == "receipts::1.us-east-1.local:AmazonSES"
    assert refusal(world, tags={"ses:source-ip": "203.0.113.1"}).code == "BadRequestException"


def test_api_tags_replace_those_of_the_header(world: Any, make_mime: Any) -> None:
    """SES does not merge the two."""
    world.send(raw=make_mime(X_SES_MESSAGE_TAGS="a=header, b=header"), tags={"a": "api"})
    tags = world.events()[0]["mail"]["tags"]
    assert tags["a"] == ["api"]
    assert "b" not in tags


def test_the_api_set_wins_over_the_header_and_that_over_the_identity(world: Any, make_mime: Any) -> None:
    """Default sets and headers are how SMTP mail finds its events."""
    for name in ("by-header", "by-default"):
        world.configuration_set(name, ["SEND"])
    world.client.put_email_identity_configuration_set_attributes(
        EmailIdentity="example.com", ConfigurationSetName="by-default"
    )
    headed = make_mime(X_SES_CONFIGURATION_SET="by-header")
    world.send(raw=headed)
    world.send(raw=headed, configuration_set=None)
    world.send(configuration_set=None)
    sends = [event for event in world.events() if event["eventType"] == "Send"]
    chosen = [event["mail"]["tags"]["ses:configuration-set"] for event in sends]
    assert chosen == [["transactional"], ["by-header"], ["by-default"]]


def test_mail_without_a_configuration_set_is_delivered_silently(world: Any) -> None:
    """Events exist only with a set."""
    world.send(configuration_set=None)
    assert len(world.mails()) == 1
    assert world.events() == []


def test_destinations_get_only_what_they_ask_for(world: Any) -> None:
    """A disabled destination gets nothing."""
    world.configuration_set("bounces", ["BOUNCE"])
    world.send(configuration_set="bounces")
    world.send("bounce@simulator.amazonses.com", configuration_set="bounces")
    assert world.kinds() == ["Bounce"]


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
def test_who_may_send(world: Any, make_mime: Any, sender: str, verified: bool) -> None:
    """A domain covers its addresses and subdomains; an address covers itself and its labels."""
    world.client.create_email_identity(EmailIdentity="only@single.org")
    world.client.create_email_identity(EmailIdentity="unverified.example.org")
    raw = make_mime(From=sender)
    if verified:
        assert world.send(raw=raw)
        return
    error = refusal(world, raw=raw)
    assert (error.code, error.status) == ("MessageRejected", 400)
    assert error.message == (
        "Email address is not verified. The following identities failed the check in region US-EAST-1: " + sender
    )


def test_the_envelope_sender_is_checked_too(world: Any) -> None:
    """SES verifies From, Source, Sender and Return-Path alike."""
    assert "boss@elsewhere.org" in refusal(world, source="boss@elsewhere.org").message


def test_too_many_recipients_are_refused(world: Any, make_mime: Any) -> None:
    """50 of To, Cc and Bcc together."""
    many = tuple(f"r{n}@customer.test" for n in range(51))
    with pytest.raises(SesError, match="Recipient count exceeds 50"):
        world.ses.submit(Submission(raw=make_mime(), destinations=many))
    world.ses.submit(Submission(raw=make_mime(), destinations=many[:50], configuration_set="transactional"))
    assert len(world.mails()) == 50
    assert world.kinds().count("Send") == 1
    assert world.kinds().count("Delivery") == 50


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"To: a@b.test\r\n\r\nx", "Missing required header 'From'."),
        (b"", "Missing required header 'From'."),
        (b"From: a@example.com\r\nFrom: b@example.com\r\n\r\nx", "Duplicate header 'From'."),
        (b"From: a@example.com\r\n\r\n" + b"x" * (40 * 1024 * 1024), "Message length is more than"),
    ],
)
def test_malformed_messages_are_refused(world: Any, raw: bytes, message: str) -> None:
    """With SES's own words."""
    error = refusal(world, raw=raw or b"\r\n")
    assert error.code == "BadRequestException"
    assert message in error.message


def test_an_unknown_configuration_set_is_refused(world: Any) -> None:
    """Moto accepts it; SES does not."""
    error = refusal(world, configuration_set="missing")
    assert (error.code, error.message) == ("NotFoundException", "Configuration set <missing> does not exist.")


def test_paused_sending_is_refused(world: Any) -> None:
    """By the account's switch, by the set's, and by a MAIL FROM domain that fails."""
    world.client.put_configuration_set_sending_options(ConfigurationSetName="transactional", SendingEnabled=False)
    assert refusal(world).code == "SendingPausedException"
    world.client.put_email_identity_mail_from_attributes(
        EmailIdentity="example.com", MailFromDomain="unverified.example.com", BehaviorOnMxFailure="REJECT_MESSAGE"
    )
    assert refusal(world, configuration_set=None).code == "MailFromDomainNotVerifiedException"
    world.client.put_account_sending_attributes(SendingEnabled=False)
    assert refusal(world, configuration_set=None).code == "SendingPausedException"


def test_over_the_rate_is_dropped_not_queued(world: Any) -> None:
    """A second later there is room again, and the refused message never arrives."""
    world.ses.account.quota.max_send_rate = 2.0
    world.send()
    world.send()
    error = refusal(world)
    assert (error.status, error.code) == (429, "TooManyRequestsException")
    assert "Maximum sending rate exceeded" in error.message
    world.clock.advance(seconds=1)
    world.send()
    assert len(world.mails()) == 3


def test_over_the_day_is_refused_until_24_hours_have_passed(world: Any) -> None:
    """The window rolls; the mailbox simulator's addresses are free."""
    world.ses.account.quota.max_24_hour_send = 1.0
    world.send()
    world.send("success@simulator.amazonses.com")
    assert "Daily message quota exceeded" in refusal(world).message
    world.clock.advance(hours=24)
    world.send()


def test_the_quota_keeps_its_books_small(world: Any) -> None:
    """A day of sends is summed in steps, not kept one by one, and the sum stays exact within a step."""
    quota = world.ses.account.quota
    quota.max_send_rate = 1e9
    for _ in range(3000):
        quota.spend(1, counted=1)
        world.clock.advance(seconds=1)
    assert quota.sent_last_24_hours == 3000
    assert len(quota._day._spent) < 1100
    world.clock.now += timedelta(days=1)
    assert quota.sent_last_24_hours == 0


BOUNCED_AT = {
    "bounce@simulator.amazonses.com": "General",
    "bounce+order-7@simulator.amazonses.com": "General",
    "suppressionlist@simulator.amazonses.com": "Suppressed",
}


@pytest.mark.parametrize(("address", "sub_type"), BOUNCED_AT.items())
def test_simulated_bounces(world: Any, address: str, sub_type: str) -> None:
    """A mail that bounces never reaches the mailbox."""
    world.send(address)
    assert world.kinds() == ["Send", "Bounce"]
    bounce = world.events()[1]["bounce"]
    assert (bounce["bounceType"], bounce["bounceSubType"]) == ("Permanent", sub_type)
    assert bounce["bouncedRecipients"][0]["emailAddress"] == address
    assert bounce["bouncedRecipients"][0]["status"] == "5.1.1"
    assert bounce["feedbackId"] != world.events()[1]["mail"]["messageId"]
    assert world.mails() == []


def test_a_simulated_complaint_follows_delivery(world: Any) -> None:
    """The mail arrived, then its reader complained."""
    world.send("complaint+x@simulator.amazonses.com")
    assert world.kinds() == ["Send", "Delivery", "Complaint"]
    complaint = world.events()[2]["complaint"]
    assert complaint["complaintFeedbackType"] == "abuse"
    assert complaint["complaintSubType"] is None
    assert len(world.mails()) == 1


def test_a_simulated_out_of_office_reply_reaches_the_sender(world: Any) -> None:
    """Delivery, and a mail back; no bounce."""
    world.send("ooto@simulator.amazonses.com")
    assert world.kinds() == ["Send", "Delivery"]
    answer, original = world.mails()
    assert (original.recipient, answer.recipient) == ("ooto@simulator.amazonses.com", "orders@example.com")
    assert message_from_bytes(answer.raw)["Auto-Submitted"] == "auto-replied"


def test_a_suppressed_address_gets_nothing(world: Any) -> None:
    """The call succeeds; the event tells, by the reason on the list."""
    world.client.put_suppressed_destination(EmailAddress="gone@customer.test", Reason="BOUNCE")
    world.client.put_suppressed_destination(EmailAddress="cross@customer.test", Reason="COMPLAINT")
    world.send("Gone@customer.test")
    world.send("cross@customer.test")
    assert world.kinds() == ["Send", "Bounce", "Send", "Complaint"]
    assert world.events()[1]["bounce"]["bounceSubType"] == "OnAccountSuppressionList"
    assert world.events()[3]["complaint"]["complaintSubType"] == "OnAccountSuppressionList"
    assert world.mails() == []


def test_a_set_may_ignore_the_suppression_list(world: Any) -> None:
    """With no reasons at all, as transactional mail does; with own reasons, only those count."""
    world.client.put_suppressed_destination(EmailAddress="gone@customer.test", Reason="BOUNCE")
    for reasons in ([], ["COMPLAINT"]):
        world.client.put_configuration_set_suppression_options(
            ConfigurationSetName="transactional", SuppressedReasons=reasons
        )
        world.send("gone@customer.test")
    assert len(world.mails()) == 2


def test_the_antivirus_test_file_is_rejected(world: Any, make_mime: Any) -> None:
    """SES accepts the call, then rejects the message, even when the file is encoded."""
    raw = make_mime().replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n", 1)
    raw = raw.replace(b"Content-Transfer-Encoding: 7bit\r\n", b"").replace(b"Grazie!", base64.b64encode(EICAR))
    world.send(raw=raw)
    assert world.kinds() == ["Send", "Reject"]
    assert world.events()[1]["reject"] == {"reason": "Bad content"}
    assert world.mails() == []


def test_eight_bit_mail_arrives_byte_for_byte(world: Any) -> None:
    """Whatever the charset claims."""
    body = bytes(range(128, 256)) + b"\r\n.\r\n\x00 end"
    raw = b"From: orders@example.com\r\nTo: a@b.test\r\nSubject: \xff\xfe\r\n\r\n" + body
    world.send(raw=raw)
    assert world.mails()[0].raw.endswith(b"\r\n\r\n" + body)
    assert b"Subject: \xff\xfe\r\n" in world.mails()[0].raw


def test_pools_are_told_apart_by_outgoing_ip(world: Any) -> None:
    """Mail leaves from the pool of its set."""
    world.client.create_dedicated_ip_pool(PoolName="own", ScalingMode="MANAGED")
    world.client.put_configuration_set_delivery_options(
        ConfigurationSetName="transactional", SendingPoolName="own", TlsPolicy="REQUIRE"
    )
    world.send()
    address = world.client.get_dedicated_ips(PoolName="own")["DedicatedIps"][0]["Ip"]
    assert world.events()[1]["mail"]["tags"]["ses:outgoing-ip"] == [address]


def test_sending_does_not_wait_for_events(make_mime: Any) -> None:
    """`publish` runs in the simulator's thread and under no lock of it, so it may call the simulator back."""
    entered, released = threading.Event(), threading.Event()

    def publish(_topic: str, _message: str) -> None:
        entered.set()
        assert released.wait(5)

    ses = SesSimulator(region="us-east-1", account_id="1", mailbox=Mailbox(), publish=publish)
    ses.start()
    configure(ses)
    first = ses.submit(Submission(raw=make_mime(), configuration_set="s"))
    assert entered.wait(5)
    second = ses.submit(Submission(raw=make_mime(), configuration_set="s"))
    assert first != second
    assert not ses.idle()
    released.set()
    ses.stop()
    assert ses.idle()


def test_stopping_carries_every_accepted_message_to_its_end(make_mime: Any) -> None:
    """Also when a topic refuses its event; afterwards nothing more is accepted."""

    def publish(_topic: str, _message: str) -> None:
        raise ConnectionError("no such topic")

    mailbox = Mailbox()
    ses = SesSimulator(region="us-east-1", account_id="1", mailbox=mailbox, publish=publish, new_id=uuid.uuid4)
    configure(ses)
    for _ in range(20):
        ses.submit(Submission(raw=make_mime(), configuration_set="s"))
    ses.start()
    ses.stop()
    assert len(mailbox.all()) == 20
    with pytest.raises(RuntimeError, match="stopped"):
        ses.submit(Submission(raw=make_mime()))


def configure(ses: SesSimulator) -> None:

    HANDLERS["CreateEmailIdentity"](ses.account, {"EmailIdentity": "example.com"})
    HANDLERS["CreateConfigurationSet"](ses.account, {"ConfigurationSetName": "s"})
    destination = {"Enabled": True, "MatchingEventTypes": ["SEND"], "SnsDestination": {"TopicArn": "t"}}
    HANDLERS["CreateConfigurationSetEventDestination"](
        ses.account,
        {"ConfigurationSetName": "s", "EventDestinationName": "d", "EventDestination": destination},
    )
