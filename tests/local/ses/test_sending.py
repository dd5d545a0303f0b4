"""A message from its submission to the mailbox: its headers, tags and configuration set."""

import re
from email import message_from_bytes
from typing import Any

import pytest

from infra.local.ses import Submission

SES_ID = re.compile(r"0100[0-9a-f]{12}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-000000")


def test_a_message_is_sent_then_delivered(ses_scenario: Any) -> None:
    """Send comes before Delivery, and the caller's message id is in the events."""
    message_id = ses_scenario.send()
    assert SES_ID.fullmatch(message_id)
    assert ses_scenario.kinds() == ["Send", "Delivery"]
    assert {event["mail"]["messageId"] for event in ses_scenario.events()} == {message_id}
    assert [mail.recipients for mail in ses_scenario.mails()] == [("ada@customer.test",)]


def test_recipients_get_ses_headers_and_no_control_headers(ses_scenario: Any) -> None:
    """Message-ID, Date and Return-Path are SES's. Bcc and X-SES-* are removed."""
    raw = (
        b"From: orders@example.com\r\nTo: ada@customer.test\r\nBcc: blind@customer.test\r\nSubject: x\r\n"
        b"Message-ID: <mine@example.com>\r\nDate: Thu, 01 Jan 1970 00:00:00 +0000\r\nReturn-Path: b@example.com\r\n"
        b"X-SES-CONFIGURATION-SET: transactional\r\nX-SES-MESSAGE-TAGS: a=1,\r\n b=2\r\n\r\nbody\r\n"
    )
    message_id = ses_scenario.ses.submit(Submission(raw=raw))
    mails = ses_scenario.mails()
    assert [mail.recipients for mail in mails] == [("ada@customer.test", "blind@customer.test")]
    received = message_from_bytes(mails[0].raw)
    assert received["Message-ID"] == f"<{message_id}@email.amazonses.com>"
    assert received.get_all("Date") == ["Mon, 23 Nov 2026 15:38:00 +0000"]
    assert received.get_all("Return-Path") == [f"<{message_id}@amazonses.com>"]
    assert b"blind" not in mails[0].raw
    assert [name for name in received if name.startswith("X-SES")] == ["X-SES-Outgoing"]
    assert received["X-SES-Outgoing"] == "2026.11.23-192.0.2.1"
    tags = ses_scenario.events()[0]["mail"]["tags"]
    assert (tags["a"], tags["b"]) == (["1"], ["2"])


def test_two_tags_set_the_senders_feedback_id(ses_scenario: Any) -> None:
    """They are the only tags with a colon that SES accepts from a sender."""
    ses_scenario.send(tags={"ses:feedback-id-a": "receipts", "a": "1"})
    (mail,) = ses_scenario.mails()
    assert message_from_bytes(mail.raw)["Feedback-ID"] == "receipts::1.us-east-1.local:AmazonSES"
    assert ses_scenario.refusal(tags={"ses:source-ip": "203.0.113.1"}).code == "BadRequestException"


def test_api_tags_replace_those_of_the_header(ses_scenario: Any, make_mime: Any) -> None:
    """SES does not merge the two."""
    ses_scenario.send(raw=make_mime(X_SES_MESSAGE_TAGS="a=header, b=header"), tags={"a": "api"})
    tags = ses_scenario.events()[0]["mail"]["tags"]
    assert tags["a"] == ["api"]
    assert "b" not in tags


def test_the_api_set_overrides_header_and_identity(ses_scenario: Any, make_mime: Any) -> None:
    """SMTP mail finds its events through default sets and headers."""
    for name in ("by-header", "by-default"):
        ses_scenario.configuration_set(name, ["SEND"])
    ses_scenario.client.put_email_identity_configuration_set_attributes(
        EmailIdentity="example.com", ConfigurationSetName="by-default"
    )
    headed = make_mime(X_SES_CONFIGURATION_SET="by-header")
    ses_scenario.send(raw=headed)
    ses_scenario.send(raw=headed, configuration_set=None)
    ses_scenario.send(configuration_set=None)
    sends = [event for event in ses_scenario.events() if event["eventType"] == "Send"]
    chosen = [event["mail"]["tags"]["ses:configuration-set"] for event in sends]
    assert chosen == [["transactional"], ["by-header"], ["by-default"]]


@pytest.mark.parametrize("name", ["X-SES-LIST-MANAGEMENT-OPTIONS", "X-SES-TENANT", "X-SES-SOURCE-ARN"])
def test_orders_that_are_not_simulated_are_refused_by_name(ses_scenario: Any, make_mime: Any, name: str) -> None:
    """SES acts on these fields: mail without the effect would be another mail."""
    message = ses_scenario.refusal(raw=f"{name.lower()}: customers; topic=news\r\n".encode() + make_mime()).message
    assert message.startswith(f"{name} is not supported locally")


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"a": "b c"}, "Invalid tag value <b c>: only alphanumeric ASCII characters, '_', and '-' are allowed."),
        ({"a": "a:b"}, "Invalid tag value <a:b>: only alphanumeric ASCII characters, '_', and '-' are allowed."),
        ({"ü": "b"}, "Invalid tag name <ü>: only alphanumeric ASCII characters, '_', and '-' are allowed."),
        ({"a": ""}, "Invalid tag value <>: it must have 1 to 256 characters."),
        ({"a": "x" * 257}, "it must have 1 to 256 characters."),
        ({"ses:feedback-id-a": "a b"}, "Invalid tag value <a b>"),
    ],
)
def test_a_wrong_tag_is_refused(ses_scenario: Any, make_mime: Any, tags: dict[str, str], message: str) -> None:
    """By the API and in the header alike, in SES's words for characters."""
    assert message in ses_scenario.refusal(tags=tags).message
    in_header = ", ".join(f"{name}={value}" for name, value in tags.items())
    raw = f"X-SES-MESSAGE-TAGS: {in_header}\r\n".encode() + make_mime()
    assert message in ses_scenario.refusal(raw=raw).message


def test_mail_without_a_configuration_set_is_delivered_silently(ses_scenario: Any) -> None:
    """Events exist only with a set."""
    ses_scenario.send(configuration_set=None)
    assert len(ses_scenario.mails()) == 1
    assert ses_scenario.events() == []


def test_destinations_get_only_their_event_types(ses_scenario: Any) -> None:
    """A disabled destination gets nothing."""
    ses_scenario.configuration_set("bounces", ["BOUNCE"])
    ses_scenario.send(configuration_set="bounces")
    ses_scenario.send("bounce@simulator.amazonses.com", configuration_set="bounces")
    assert ses_scenario.kinds() == ["Bounce"]


def test_an_unknown_configuration_set_is_refused(ses_scenario: Any) -> None:
    """Moto accepts it; SES does not."""
    error = ses_scenario.refusal(configuration_set="missing")
    assert (error.code, error.message) == ("NotFoundException", "Configuration set <missing> does not exist.")


def test_eight_bit_mail_arrives_byte_for_byte(ses_scenario: Any) -> None:
    """The declared charset has no effect."""
    body = bytes(range(128, 256)) + b"\r\n.\r\n\x00 end"
    raw = b"From: orders@example.com\r\nTo: a@b.test\r\nSubject: \xff\xfe\r\n\r\n" + body
    ses_scenario.send(raw=raw)
    assert ses_scenario.mails()[0].raw.endswith(b"\r\n\r\n" + body)
    assert b"Subject: \xff\xfe\r\n" in ses_scenario.mails()[0].raw


def test_pools_have_different_outgoing_ips(ses_scenario: Any) -> None:
    """Mail leaves from the pool of its set."""
    ses_scenario.client.create_dedicated_ip_pool(PoolName="own", ScalingMode="MANAGED")
    ses_scenario.client.put_configuration_set_delivery_options(
        ConfigurationSetName="transactional", SendingPoolName="own", TlsPolicy="REQUIRE"
    )
    ses_scenario.send()
    address = ses_scenario.client.get_dedicated_ips(PoolName="own")["DedicatedIps"][0]["Ip"]
    assert ses_scenario.events()[1]["mail"]["tags"]["ses:outgoing-ip"] == [address]
