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
from infra.local.ses.api.operations import HANDLERS
from infra.local.ses.delivery import EICAR

SES_ID = re.compile(r"0100[0-9a-f]{12}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-000000")


def refusal(ses_scenario: Any, **settings: Any) -> SesError:
    with pytest.raises(SesError) as caught:
        ses_scenario.send(**settings)
    return caught.value


def test_a_message_is_sent_then_delivered(ses_scenario: Any) -> None:
    """Send comes before Delivery, and the caller's message id is in the events."""
    message_id = ses_scenario.send()
    assert SES_ID.fullmatch(message_id)
    assert ses_scenario.kinds() == ["Send", "Delivery"]
    assert {event["mail"]["messageId"] for event in ses_scenario.events()} == {message_id}
    assert [mail.recipients for mail in ses_scenario.mails()] == [("ada@customer.test",)]


def test_events_have_the_envelope_of_event_publishing(ses_scenario: Any) -> None:
    """`mail` has every member of the developer guide."""
    message_id = ses_scenario.send(tags={"send-id": "s1"}, caller_identity="deliver-role", source_ip="203.0.113.9")
    send, delivery = ses_scenario.events()
    mail = send["mail"]
    assert mail["timestamp"] == "2026-11-23T15:38:00.123Z"
    assert mail["source"] == "Da Nino <orders@example.com>"
    assert mail["sourceArn"] == "arn:aws:ses:us-east-1:123456789012:identity/example.com"
    assert mail["sendingAccountId"] == "123456789012"
    assert mail["destination"] == ["ada@customer.test"]
    assert mail["headersTruncated"] is False
    assert {"name": "Subject", "value": "Receipt"} in mail["headers"]
    assert {"Message-ID", "Date", "Feedback-ID"}.isdisjoint(field["name"] for field in mail["headers"])
    assert mail["commonHeaders"] == {
        "from": ["Da Nino <orders@example.com>"],
        "to": ["ada@customer.test"],
        "messageId": message_id,
        "subject": "Receipt",
    }
    assert mail["tags"] == {
        "send-id": ["s1"],
        "ses:source-tls-version": ["TLSv1.3"],
        "ses:operation": ["SendRawEmail"],
        "ses:configuration-set": ["transactional"],
        "ses:source-ip": ["203.0.113.9"],
        "ses:from-domain": ["example.com"],
        "ses:caller-identity": ["deliver-role"],
    }
    assert send["send"] == {}
    assert delivery["mail"]["tags"] == {
        **mail["tags"],
        "ses:outgoing-ip": ["192.0.2.1"],
        "ses:outgoing-tls-version": ["TLSv1.3"],
    }
    assert delivery["delivery"]["recipients"] == ["ada@customer.test"]
    assert delivery["delivery"]["smtpResponse"].startswith("250 ")


def test_headers_over_ten_kilobytes_are_truncated_in_events(ses_scenario: Any, make_mime: Any) -> None:
    """The event has a flag for it."""
    ses_scenario.send(raw=make_mime(**{f"X_Long_{n}": "x" * 900 for n in range(20)}))
    mail = ses_scenario.events()[0]["mail"]
    assert mail["headersTruncated"] is True
    assert len(json.dumps(mail["headers"])) < 12_000


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


def test_events_have_the_original_header(ses_scenario: Any) -> None:
    """`X-SES-*`, Message-ID and Date are the sender's. Display names stay."""
    fields = [
        ("From", '"Nino, Da" <orders@example.com>'),
        ("To", "Ada <ada@customer.test>, =?utf-8?q?Zo=C3=AB?= <zoe@customer.test>, bob@customer.test"),
        ("Cc", '"J. Doe" <jane@customer.test>'),
        ("Reply-To", "Help <help@example.com>"),
        ("Subject", "=?utf-8?q?Gr=C3=BC=C3=9Fe?="),
        ("Message-ID", "<mine@example.com>"),
        ("Date", "Thu, 01 Jan 1970 00:00:00 +0000"),
        ("X-SES-CONFIGURATION-SET", "transactional"),
        ("X-SES-MESSAGE-TAGS", "a=1"),
    ]
    raw = "".join(f"{name}: {value}\r\n" for name, value in fields).encode() + b"\r\nbody\r\n"
    message_id = ses_scenario.ses.submit(Submission(raw=raw))
    for event in ses_scenario.events():
        assert event["mail"]["headers"] == [{"name": name, "value": value} for name, value in fields]
        assert event["mail"]["commonHeaders"] == {
            "from": ['"Nino, Da" <orders@example.com>'],
            "replyTo": ["Help <help@example.com>"],
            "date": "Thu, 01 Jan 1970 00:00:00 +0000",
            "to": ["Ada <ada@customer.test>", "Zoë <zoe@customer.test>", "bob@customer.test"],
            "cc": ['"J. Doe" <jane@customer.test>'],
            "messageId": message_id,
            "subject": "Grüße",
        }


def test_events_of_simple_content_have_the_header_of_ses(ses_scenario: Any) -> None:
    """SES writes it, without Message-ID and Date."""
    ses_scenario.client.send_email(
        FromEmailAddress="orders@example.com",
        Destination={"ToAddresses": ["ada@customer.test"]},
        Content={"Simple": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "t"}, "Html": {"Data": "h"}}}},
        ConfigurationSetName="transactional",
    )
    mail = ses_scenario.events()[0]["mail"]
    assert [field["name"] for field in mail["headers"]] == ["From", "To", "Subject", "MIME-Version", "Content-Type"]
    assert set(mail["commonHeaders"]) == {"from", "to", "messageId", "subject"}


# The members of each event in "Examples of event data that Amazon SES publishes", and in a public capture of the simulator's of March 2026.
MAIL = {
    "timestamp", "source", "sourceArn", "sendingAccountId", "messageId", "destination", "headersTruncated", "headers",
    "commonHeaders", "tags",
}  # fmt: skip
BOUNCE = {"feedbackId", "bounceType", "bounceSubType", "bouncedRecipients", "timestamp"}
COMPLAINT = {"feedbackId", "complaintSubType", "complainedRecipients", "timestamp"}
VISIT = {"ipAddress", "timestamp", "userAgent", "isBotEvent"}
MEMBERS = {
    ("success", "Send"): set(),
    ("success", "Delivery"): {
        "timestamp", "processingTimeMillis", "recipients", "smtpResponse", "remoteMtaIp", "reportingMTA",
    },
    ("bounce", "Bounce"): BOUNCE | {"remoteMtaIp", "reportingMTA"},
    ("suppressionlist", "Bounce"): BOUNCE | {"remoteMtaIp", "reportingMTA"},
    ("ooto", "Bounce"): BOUNCE,
    ("complaint", "Complaint"): COMPLAINT | {"userAgent", "complaintFeedbackType", "arrivalDate"},
    ("success", "Open"): VISIT,
    ("success", "Click"): VISIT | {"link", "linkTags"},
}  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), MEMBERS)
def test_an_event_has_the_members_of_ses(ses_scenario: Any, make_mime: Any, name: str, kind: str) -> None:
    to = f"{name}@simulator.amazonses.com"
    ses_scenario.send(to, make_mime(to, '<a href="https://example.com/">go</a>'))
    for mail in ses_scenario.mails():
        token = mail.reading.html.partition("/OP0/")[2].partition('"')[0]
        ses_scenario.ses.opened(token, "203.0.113.7", "Mozilla/5.0")
        ses_scenario.ses.clicked(f"{token}.0", "203.0.113.7", "Mozilla/5.0")
    (event,) = [event for event in ses_scenario.events() if event["eventType"] == kind]
    assert set(event) == {"eventType", "mail", kind.lower()}
    assert set(event["mail"]) == MAIL
    assert set(event[kind.lower()]) == MEMBERS[name, kind]


def test_two_tags_set_the_senders_feedback_id(ses_scenario: Any) -> None:
    """They are the only tags with a colon that SES accepts from a sender."""
    ses_scenario.send(tags={"ses:feedback-id-a": "receipts", "a": "1"})
    (mail,) = ses_scenario.mails()
    assert message_from_bytes(mail.raw)["Feedback-ID"] == "receipts::1.us-east-1.local:AmazonSES"
    assert refusal(ses_scenario, tags={"ses:source-ip": "203.0.113.1"}).code == "BadRequestException"


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
    message = refusal(ses_scenario, raw=f"{name.lower()}: customers; topic=news\r\n".encode() + make_mime()).message
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
    assert message in refusal(ses_scenario, tags=tags).message
    in_header = ", ".join(f"{name}={value}" for name, value in tags.items())
    raw = f"X-SES-MESSAGE-TAGS: {in_header}\r\n".encode() + make_mime()
    assert message in refusal(ses_scenario, raw=raw).message


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
    error = refusal(ses_scenario, raw=raw)
    assert (error.code, error.status) == ("MessageRejected", 400)
    assert error.message == (
        "Email address is not verified. The following identities failed the check in region US-EAST-1: " + sender
    )


def test_the_sandbox_checks_the_recipients(ses_scenario: Any) -> None:
    ses_scenario.ses.account.production_access = False
    ses_scenario.client.create_email_identity(EmailIdentity="friend@verified.test")
    error = refusal(ses_scenario, to="ada@customer.test")
    assert error.code == "MessageRejected"
    assert error.message.endswith("failed the check in region US-EAST-1: ada@customer.test")
    for recipient in ("friend@verified.test", "anybody@example.com", "bounce@simulator.amazonses.com"):
        assert ses_scenario.send(to=recipient)
    assert ses_scenario.client.get_account()["ProductionAccessEnabled"] is False


def test_the_envelope_sender_is_checked_too(ses_scenario: Any) -> None:
    """SES verifies From, Source, Sender and Return-Path alike."""
    assert "boss@elsewhere.org" in refusal(ses_scenario, source="boss@elsewhere.org").message


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
    error = refusal(ses_scenario, raw=raw or b"\r\n")
    assert error.code == "BadRequestException"
    assert message in error.message


def test_an_unknown_configuration_set_is_refused(ses_scenario: Any) -> None:
    """Moto accepts it; SES does not."""
    error = refusal(ses_scenario, configuration_set="missing")
    assert (error.code, error.message) == ("NotFoundException", "Configuration set <missing> does not exist.")


def test_paused_sending_is_refused(ses_scenario: Any) -> None:
    """The account, the set, or a failing MAIL FROM domain can pause it."""
    ses_scenario.client.put_configuration_set_sending_options(
        ConfigurationSetName="transactional", SendingEnabled=False
    )
    assert refusal(ses_scenario).code == "SendingPausedException"
    ses_scenario.client.put_email_identity_mail_from_attributes(
        EmailIdentity="example.com", MailFromDomain="unverified.example.com", BehaviorOnMxFailure="REJECT_MESSAGE"
    )
    assert refusal(ses_scenario, configuration_set=None).code == "MailFromDomainNotVerifiedException"
    ses_scenario.client.put_account_sending_attributes(SendingEnabled=False)
    assert refusal(ses_scenario, configuration_set=None).code == "SendingPausedException"


def test_over_the_rate_is_dropped_not_queued(ses_scenario: Any) -> None:
    """A second later a send is accepted, and the refused message never arrives."""
    ses_scenario.ses.account.quota.max_send_rate = 2.0
    ses_scenario.send()
    ses_scenario.send()
    error = refusal(ses_scenario)
    assert (error.status, error.code) == (429, "TooManyRequestsException")
    assert "Maximum sending rate exceeded" in error.message
    ses_scenario.clock.advance(seconds=1)
    ses_scenario.send()
    assert len(ses_scenario.mails()) == 3


def test_the_next_sends_can_be_throttled(ses_scenario: Any) -> None:
    """A test of a client need not be faster than the rate."""
    ses_scenario.ses.account.quota.throttled_next = 2
    assert [refusal(ses_scenario).code for _ in range(2)] == ["TooManyRequestsException"] * 2
    ses_scenario.send()
    assert len(ses_scenario.mails()) == 1


def test_over_the_day_is_refused_until_24_hours_have_passed(ses_scenario: Any) -> None:
    """The window rolls. The mailbox simulator's addresses are free."""
    ses_scenario.ses.account.quota.max_24_hour_send = 1.0
    ses_scenario.send()
    ses_scenario.send("success@simulator.amazonses.com")
    assert "Daily message quota exceeded" in refusal(ses_scenario).message
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


USER_UNKNOWN = "smtp; 550 5.1.1 As requested: user unknown"
BOUNCED_AT = {
    "bounce@simulator.amazonses.com": f"{USER_UNKNOWN} <bounce@simulator.amazonses.com>",
    "bounce+order-7@simulator.amazonses.com": f"{USER_UNKNOWN} <bounce+order-7@simulator.amazonses.com>",
    "suppressionlist@simulator.amazonses.com": (
        f"{USER_UNKNOWN} (suppressed address: suppressionlist@simulator.amazonses.com)"
    ),
}


@pytest.mark.parametrize(("address", "diagnostic"), BOUNCED_AT.items())
def test_simulated_bounces(ses_scenario: Any, address: str, diagnostic: str) -> None:
    """A mail that bounces never reaches the mailbox."""
    ses_scenario.send(address)
    assert ses_scenario.kinds() == ["Send", "Bounce"]
    bounce = ses_scenario.events()[1]["bounce"]
    assert (bounce["bounceType"], bounce["bounceSubType"]) == ("Permanent", "General")
    assert bounce["bouncedRecipients"] == [
        {"emailAddress": address, "action": "failed", "status": "5.1.1", "diagnosticCode": diagnostic}
    ]
    assert bounce["feedbackId"] != ses_scenario.events()[1]["mail"]["messageId"]
    assert ses_scenario.mails() == []


def test_simulated_bounces_of_one_message_are_one_event(ses_scenario: Any, make_mime: Any) -> None:
    """Other recipients have events of their own."""
    to = (*BOUNCED_AT, "ada@customer.test")
    ses_scenario.ses.submit(Submission(raw=make_mime(), destinations=to, configuration_set="transactional"))
    assert ses_scenario.kinds() == ["Send", "Bounce", "Delivery"]
    bounced = ses_scenario.events()[1]["bounce"]["bouncedRecipients"]
    assert {one["emailAddress"]: one["diagnosticCode"] for one in bounced} == BOUNCED_AT


def test_a_simulated_complaint_comes_before_its_delivery(ses_scenario: Any) -> None:
    """Events of SES have no order."""
    ses_scenario.send("complaint+x@simulator.amazonses.com")
    assert ses_scenario.kinds() == ["Send", "Complaint", "Delivery"]
    _, complained, delivered = ses_scenario.events()
    complaint = complained["complaint"]
    assert complaint["complaintFeedbackType"] == "abuse"
    assert complaint["complaintSubType"] is None
    assert complaint["userAgent"] == "Amazon SES Mailbox Simulator"
    assert complaint["timestamp"] < delivered["delivery"]["timestamp"]
    assert len(ses_scenario.mails()) == 1


def test_a_simulated_out_of_office_reply_reaches_the_sender(ses_scenario: Any) -> None:
    """SES reports the reply as a bounce without a status, after the delivery."""
    ses_scenario.send("ooto@simulator.amazonses.com")
    assert ses_scenario.kinds() == ["Send", "Delivery", "Bounce"]
    bounce = ses_scenario.events()[2]["bounce"]
    assert (bounce["bounceType"], bounce["bounceSubType"]) == ("Transient", "General")
    assert bounce["bouncedRecipients"] == [{"emailAddress": "ooto@simulator.amazonses.com"}]
    answer, original = ses_scenario.mails()
    assert original.recipients + answer.recipients == ("ooto@simulator.amazonses.com", "orders@example.com")
    assert message_from_bytes(answer.raw)["Auto-Submitted"] == "auto-replied"


def test_a_suppressed_address_gets_nothing(ses_scenario: Any) -> None:
    """The call succeeds. The event has the reason on the list."""
    ses_scenario.client.put_suppressed_destination(EmailAddress="GONE@customer.test", Reason="BOUNCE")
    ses_scenario.client.put_suppressed_destination(EmailAddress="cross@customer.test", Reason="COMPLAINT")
    ses_scenario.send("Gone@customer.test")
    ses_scenario.send("cross@customer.test")
    assert ses_scenario.kinds() == ["Send", "Bounce", "Send", "Complaint"]
    bounce = ses_scenario.events()[1]["bounce"]
    assert bounce["bounceSubType"] == "OnAccountSuppressionList"
    assert bounce["reportingMTA"] == "dns; amazonses.com"
    assert bounce["bouncedRecipients"][0]["diagnosticCode"].startswith("Amazon SES did not send the message")
    assert "remoteMtaIp" not in bounce
    assert ses_scenario.events()[3]["complaint"]["complaintSubType"] == "OnAccountSuppressionList"
    assert ses_scenario.mails() == []


def test_a_set_may_ignore_the_suppression_list(ses_scenario: Any) -> None:
    """Transactional mail has no reasons at all. With own reasons, only those count."""
    ses_scenario.client.put_suppressed_destination(EmailAddress="gone@customer.test", Reason="BOUNCE")
    for reasons in ([], ["COMPLAINT"]):
        ses_scenario.client.put_configuration_set_suppression_options(
            ConfigurationSetName="transactional", SuppressedReasons=reasons
        )
        ses_scenario.send("gone@customer.test")
    assert len(ses_scenario.mails()) == 2


def test_the_antivirus_test_file_is_rejected(ses_scenario: Any, make_mime: Any) -> None:
    """SES accepts the call, then rejects the message, even if the file is encoded."""
    raw = make_mime().replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n", 1)
    raw = raw.replace(b"Content-Transfer-Encoding: 7bit\r\n", b"").replace(b"Grazie!", base64.b64encode(EICAR))
    ses_scenario.send(raw=raw)
    assert ses_scenario.kinds() == ["Send", "Reject"]
    assert ses_scenario.events()[1]["reject"] == {"reason": "Bad content"}
    assert ses_scenario.mails() == []


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


def test_sending_does_not_wait_for_events(make_mime: Any) -> None:
    """`publish` runs in the simulator's thread and outside its locks, so it may call the simulator."""
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


def test_stopping_delivers_every_accepted_message(make_mime: Any) -> None:
    """This is so even if a topic refuses its event. Afterwards nothing more is accepted."""

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
