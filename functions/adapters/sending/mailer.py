"""ports.Mailer on SES's API. The table below classes SES's errors. An error that is not in it leaves the outcome unknown."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.adapters.aws.errors import AwsError, ConnectError, ReadTimeout
from functions.core.errors import OutcomeUnknown, PermanentFailure, Retry, StaffettaError, Throttled
from functions.core.outcomes import SendResult
from functions.core.sending import max_delivery_time
from functions.ports.sending import OutgoingMail

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

ACCOUNT_STOP_SECONDS = 300  # until the next attempt, if the account may not send
DAILY_QUOTA_SECONDS = 900
SANDBOX = (
    "the account is in SES's sandbox, which sends to verified addresses and domains only: verify the recipient in SES, or request "
    "production access"
)


class SesMailer(Struct, frozen=True):
    client: SESV2Client
    transactional_set: str
    marketing_set: str

    def send(self, mail: OutgoingMail) -> str:
        try:
            answer = self.client.send_email(**self._request(mail))
        except AwsError as error:
            raise _classed(error, mail) from error
        except ConnectError as error:
            raise Retry(f"SES cannot be reached: {error}") from error
        except ReadTimeout as error:
            raise OutcomeUnknown(f"SES did not answer: {error}") from error
        return answer["MessageId"]

    def _request(self, mail: OutgoingMail) -> dict[str, Any]:
        tracking = {"OpenTrackingEnabled": mail.track_opens, "ClickTrackingEnabled": mail.track_clicks}
        switches = {name: "ENABLED" if on else "DISABLED" for name, on in tracking.items()}
        return {
            "FromEmailAddress": mail.sender,
            "Destination": {"ToAddresses": [mail.recipient]},
            "Content": {"Raw": {"Data": mail.raw}},
            "EmailTags": [{"Name": name, "Value": value} for name, value in mail.tags.items()],
            "ConfigurationSetName": self._set(mail),
            "ConfigurationOverrides": {"Tracking": switches},
        }

    def _set(self, mail: OutgoingMail) -> str:
        if not mail.transactional:
            return mail.own_set or self.marketing_set
        return max_delivery_time.set_name(mail.own_set or self.transactional_set, mail.time_limit)


def _classed(error: AwsError, mail: OutgoingMail) -> StaffettaError:
    text = f"{error.code}: {error.response['Error'].get('Message', '')}"
    if error.code in _SANDBOX_CODES and _names_only_recipient(text, mail):
        return PermanentFailure(SendResult.UNDELIVERABLE, f"{SANDBOX} ({text})")
    return _ANSWERS.get(error.code, OutcomeUnknown)(text)


def _names_only_recipient(text: str, mail: OutgoingMail) -> bool:
    """Returns whether SES refuses the recipient: only the sandbox checks it. SES names the identities that failed."""
    failed, recipient, sender = text.lower(), mail.recipient.lower(), parseaddr(mail.sender)[1].lower()
    return recipient != sender and _named(recipient, failed) and not _named(sender, failed)


def _named(address: str, text: str) -> bool:
    return re.search(rf"(?<![\w.+-]){re.escape(address)}(?![\w.-])", text) is not None


def _throttled(text: str) -> Throttled:
    return Throttled(text, after_seconds=DAILY_QUOTA_SECONDS if "Daily" in text else 0)


def _stopped(text: str) -> Retry:
    return Retry(text, after_seconds=ACCOUNT_STOP_SECONDS)


def _rejected(text: str) -> PermanentFailure:
    if "not verified" in text:
        return PermanentFailure(SendResult.UNCONFIGURED_SENDING_DOMAIN, text)
    return PermanentFailure(SendResult.UNDELIVERABLE, text)


def _unconfigured(text: str) -> PermanentFailure:
    return PermanentFailure(SendResult.UNCONFIGURED_SENDING_DOMAIN, text)


def _invalid(text: str) -> PermanentFailure:
    return PermanentFailure(SendResult.VALIDATION_FAILED, text)


_SANDBOX_CODES = frozenset({"MessageRejected", "AccessDeniedException"})
_ANSWERS: dict[str, Callable[[str], StaffettaError]] = {
    "TooManyRequestsException": _throttled,
    "ThrottlingException": _throttled,
    "Throttling": _throttled,
    "LimitExceededException": _throttled,
    "AccountSuspendedException": _stopped,
    "SendingPausedException": _stopped,
    "AccessDeniedException": _stopped,  # an error of the deployment, which a deployment repairs
    "NotFoundException": _stopped,  # the configuration set: the same
    "ServiceUnavailable": Retry,
    "MessageRejected": _rejected,
    "MailFromDomainNotVerifiedException": _unconfigured,
    "BadRequestException": _invalid,
}
