"""The events of SES: their envelope, headers and members."""

import json
from typing import Any

import pytest

from infra.local.ses import Submission


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
