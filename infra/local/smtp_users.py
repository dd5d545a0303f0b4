"""Authenticates and authorizes users of the SMTP endpoint. They are IAM users: the user name is an access key's id, the password
is what SES derives from the key's secret, and the user's policies at the time of each message decide.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parseaddr

from functions.core.tokens.smtp_password import smtp_password
from infra.local.cloud import Cloud
from infra.local.cloud.iam.policy_evaluation import Grant, UnsupportedPolicy
from infra.local.cloud.iam.users import Key
from infra.local.ses import SendingIdentity, SesError, SesSimulator, Submission

_ACTION = "ses:SendRawEmail"


class SmtpAuthenticator:
    def __init__(self, cloud: Cloud, ses: SesSimulator) -> None:
        self._cloud = cloud
        self._ses = ses

    def authenticate(self, username: str, password: str) -> SmtpUser | None:
        """Returns the user with this access key, or None if the key or the password is wrong or no longer valid."""
        key = self._cloud.users.key(username)
        expected = smtp_password(key.secret if key else "", self._cloud.region)
        is_valid = hmac.compare_digest(expected.encode(), password.encode())
        return SmtpUser(key, self._cloud, self._ses) if key and is_valid else None


@dataclass(frozen=True)
class SmtpUser:
    """A user who has logged in. Each message is checked against IAM again: a key that was deleted since then can no longer send."""

    _key: Key
    _cloud: Cloud
    _ses: SesSimulator

    @property
    def name(self) -> str:
        return self._key.user

    def submit(self, submission: Submission) -> str:
        """Returns SES's message id. Raises SesError."""
        sending_identity = self._ses.sending_identity(submission)
        try:
            refused = self._cloud.users.refused(
                self._key, self._grants(sending_identity), self._context(sending_identity, submission)
            )
        except UnsupportedPolicy as unsupported:
            raise SesError("AccessDenied", f"User `{self._key.user_arn}' cannot be authorized: {unsupported}") from None
        if refused:
            action, resource = refused
            raise SesError(
                "AccessDenied",
                f"User `{self._key.user_arn}' is not authorized to perform `{action}' on resource `{resource}'",
            )
        return self._ses.submit(submission)

    def _grants(self, sending_identity: SendingIdentity) -> list[Grant]:
        """Returns the grants on the identity, and on the configuration set if there is one (also if it is the identity's default)."""
        return [(_ACTION, arn) for arn in (*map(self._arn, _resources(sending_identity)), *sending_identity.delegated)]

    def _arn(self, resource: str) -> str:
        return f"arn:aws:ses:{self._cloud.region}:{self._cloud.account_id}:{resource}"

    def _context(self, sending_identity: SendingIdentity, submission: Submission) -> dict[str, list[str]]:
        """Returns the condition keys of an SMTP message by lower-case name. SES's From address is the header's."""
        name, address = parseaddr(sending_identity.sender)
        values = {
            "aws:principalarn": self._key.user_arn,
            "aws:principalaccount": self._cloud.account_id,
            "aws:requestedregion": self._cloud.region,
            "aws:securetransport": "true",
            "aws:sourceip": submission.source_ip,
            "aws:username": self._key.user,
            "ses:apiversion": "2",
            "ses:feedbackaddress": sending_identity.feedback,
            "ses:fromaddress": address,
            "ses:fromdisplayname": name,
        }
        return {key: [value] for key, value in values.items() if value} | {
            "ses:recipients": list(sending_identity.recipients)
        }


def _resources(sending_identity: SendingIdentity) -> Iterator[str]:
    yield f"identity/{sending_identity.identity}"
    yield from (f"identity/{name}" for name in sending_identity.recipient_identities)
    if sending_identity.configuration_set:
        yield f"configuration-set/{sending_identity.configuration_set}"
