from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from functions.adapters.aws.errors import AwsError, ConnectError, ReadTimeout
from functions.adapters.sending.mailer import SesMailer
from functions.core.errors import OutcomeUnknown, PermanentFailure, Retry, Throttled
from functions.core.outcomes import SendResult
from functions.ports.sending import OutgoingMail

MAIL = OutgoingMail(
    sender="shop@example.com",
    recipient="ada@example.net",
    raw=b"Subject: x\r\n\r\n",
    transactional=True,
    track_opens=True,
    track_clicks=False,
    tags={"staffetta_send": "s-1"},
)


class Ses:
    """The one call that the mailer makes."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.request: dict[str, Any] = {}

    def send_email(self, **request: Any) -> dict[str, str]:
        self.request = request
        if self.error:
            raise self.error
        return {"MessageId": "0102"}


def mailer(ses: Any) -> SesMailer:
    return SesMailer(ses, "transactional", "marketing")


def refused(code: str, message: str = "why") -> AwsError:
    return AwsError({"Error": {"Code": code, "Message": message}}, "SendEmail")


def test_the_request_to_ses() -> None:
    ses = Ses()
    assert mailer(ses).send(MAIL) == "0102"
    assert ses.request == {
        "FromEmailAddress": "shop@example.com",
        "Destination": {"ToAddresses": ["ada@example.net"]},
        "Content": {"Raw": {"Data": MAIL.raw}},
        "EmailTags": [{"Name": "staffetta_send", "Value": "s-1"}],
        "ConfigurationSetName": "transactional",
        "ConfigurationOverrides": {"Tracking": {"OpenTrackingEnabled": "ENABLED", "ClickTrackingEnabled": "DISABLED"}},
    }


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"time_limit": 300}, "transactional-300s"),
        ({"transactional": False}, "marketing"),
        ({"transactional": False, "time_limit": 300}, "marketing"),
    ],
)
def test_the_set_is_of_the_kind_and_the_limit(changes: dict[str, Any], name: str) -> None:
    ses = Ses()
    mailer(ses).send(replace(MAIL, **changes))
    assert ses.request["ConfigurationSetName"] == name


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (refused("TooManyRequestsException"), Throttled),
        (refused("ThrottlingException", "Maximum sending rate exceeded"), Throttled),
        (refused("LimitExceededException"), Throttled),
        (refused("AccountSuspendedException"), Retry),
        (refused("SendingPausedException"), Retry),
        (refused("AccessDeniedException"), Retry),
        (refused("NotFoundException"), Retry),
        (ConnectError("no route"), Retry),
        (ReadTimeout("timed out"), OutcomeUnknown),
        (refused("InternalFailure"), OutcomeUnknown),
        (refused("500"), OutcomeUnknown),
        (refused("SomethingNew"), OutcomeUnknown),
        (refused("MessageRejected"), PermanentFailure),
        (refused("MailFromDomainNotVerifiedException"), PermanentFailure),
        (refused("BadRequestException"), PermanentFailure),
    ],
)
def test_what_each_answer_means_for_the_next_try(error: Exception, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        mailer(Ses(error)).send(MAIL)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (refused("MessageRejected", "Email address is not verified."), SendResult.UNCONFIGURED_SENDING_DOMAIN),
        (refused("MessageRejected"), SendResult.UNDELIVERABLE),
        (refused("MailFromDomainNotVerifiedException"), SendResult.UNCONFIGURED_SENDING_DOMAIN),
        (refused("BadRequestException"), SendResult.VALIDATION_FAILED),
    ],
)
def test_a_final_refusal_in_hubspots_words(error: Exception, result: SendResult) -> None:
    with pytest.raises(PermanentFailure) as caught:
        mailer(Ses(error)).send(MAIL)
    assert caught.value.result is result


FAILED = "Email address is not verified. The following identities failed the check in region EU-WEST-1: "
DENIED = "User `x' is not authorized to perform `ses:SendRawEmail' on resource `arn:aws:ses:eu-west-1:1:identity/"


@pytest.mark.parametrize(
    "error",
    [
        refused("MessageRejected", FAILED + "ada@example.net"),
        refused("MessageRejected", FAILED + "Ada@Example.net"),
        refused("AccessDeniedException", DENIED + "ada@example.net'"),
    ],
)
def test_a_refused_recipient_names_the_sandbox(error: Exception) -> None:
    with pytest.raises(PermanentFailure, match="sandbox") as caught:
        mailer(Ses(error)).send(MAIL)
    assert caught.value.result is SendResult.UNDELIVERABLE


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (refused("MessageRejected", FAILED + "shop@example.com, ada@example.net"), PermanentFailure),
        (refused("MessageRejected", FAILED + "canada@example.net"), PermanentFailure),
        (refused("AccessDeniedException", DENIED + "example.com'"), Retry),
    ],
)
def test_a_refused_sender_does_not_name_the_sandbox(error: Exception, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        mailer(Ses(error)).send(MAIL)
    assert "sandbox" not in str(caught.value)


def test_a_daily_quota_waits_longer_than_a_rate() -> None:
    waits = []
    for message in ("Maximum sending rate exceeded", "Daily message quota exceeded"):
        with pytest.raises(Throttled) as caught:
            mailer(Ses(refused("ThrottlingException", message))).send(MAIL)
        waits.append(caught.value.after_seconds)
    assert waits[0] < waits[1] <= 900
