"""Who may send through the SMTP endpoint, and what: IAM users, by an access key's id and the password that SES derives from its
secret, within the policies that IAM has of them at that moment.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parseaddr

from functions.core.tokens.smtp_password import smtp_password
from infra.local.cloud import Cloud
from infra.local.cloud.permissions import Grant, UnsupportedPolicy
from infra.local.cloud.users import Key
from infra.local.ses import Claims, SesError, SesSimulator, Submission

_ACTION = "ses:SendRawEmail"


class SmtpUsers:
    def __init__(self, cloud: Cloud, ses: SesSimulator) -> None:
        self._cloud = cloud
        self._ses = ses

    def authenticate(self, username: str, password: str) -> SmtpUser | None:
        """The user whose access key this is; None where the key or the password is not right, or not any more."""
        key = self._cloud.users.key(username)
        expected = smtp_password(key.secret if key else "", self._cloud.region)
        right = hmac.compare_digest(expected.encode(), password.encode())
        return SmtpUser(key, self._cloud, self._ses) if key and right else None


@dataclass(frozen=True)
class SmtpUser:
    """A user who has logged in. Each message is held against IAM anew: a key that ended since then sends nothing more."""

    _key: Key
    _cloud: Cloud
    _ses: SesSimulator

    @property
    def name(self) -> str:
        return self._key.user

    def submit(self, submission: Submission) -> str:
        """SES's message id. Raises SesError."""
        claims = self._ses.claims(submission)
        try:
            refused = self._cloud.users.refused(self._key, self._grants(claims), self._context(claims, submission))
        except UnsupportedPolicy as unsupported:
            raise SesError("AccessDenied", f"User `{self._key.user_arn}' cannot be authorized: {unsupported}") from None
        if refused:
            action, resource = refused
            raise SesError(
                "AccessDenied",
                f"User `{self._key.user_arn}' is not authorized to perform `{action}' on resource `{resource}'",
            )
        return self._ses.submit(submission)

    def _grants(self, claims: Claims) -> list[Grant]:
        """The identity's, and the configuration set's where there is one, be it only the identity's default."""
        return [(_ACTION, arn) for arn in (*map(self._arn, _resources(claims)), *claims.delegated)]

    def _arn(self, resource: str) -> str:
        return f"arn:aws:ses:{self._cloud.region}:{self._cloud.account_id}:{resource}"

    def _context(self, claims: Claims, submission: Submission) -> dict[str, list[str]]:
        """The condition keys of an SMTP message, by lower-case name. What SES calls the From address is the header's."""
        name, address = parseaddr(claims.sender)
        found = {
            "aws:principalarn": self._key.user_arn,
            "aws:principalaccount": self._cloud.account_id,
            "aws:requestedregion": self._cloud.region,
            "aws:securetransport": "true",
            "aws:sourceip": submission.source_ip,
            "aws:username": self._key.user,
            "ses:apiversion": "2",
            "ses:feedbackaddress": claims.feedback,
            "ses:fromaddress": address,
            "ses:fromdisplayname": name,
        }
        return {key: [value] for key, value in found.items() if value} | {"ses:recipients": list(claims.recipients)}


def _resources(claims: Claims) -> Iterator[str]:
    yield f"identity/{claims.identity}"
    if claims.configuration_set:
        yield f"configuration-set/{claims.configuration_set}"
