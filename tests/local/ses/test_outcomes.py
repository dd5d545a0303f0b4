"""What becomes of a message: a bounce, a complaint, an automatic reply, a suppression or a rejection."""

import base64
from email import message_from_bytes
from typing import Any

import pytest

from infra.local.ses import Submission
from infra.local.ses.delivery import EICAR

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
