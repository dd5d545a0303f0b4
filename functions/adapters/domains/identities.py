"""ports.SesIdentities on SES's API. A tag names each stage that may send as an identity: the roles of the functions that send depend on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from functions.core import timestamps
from functions.core.domains.domain import Domain, SesIdentity
from functions.core.errors import Conflict
from functions.settings import SENDS

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


class SesIdentityStore(Struct, frozen=True):
    client: SESV2Client
    arn_prefix: str  # of all identities of the account in this region
    sender_tag: str
    default_set: str  # of a new identity

    def get(self, name: str) -> SesIdentity | None:
        try:
            answer = self.client.get_email_identity(EmailIdentity=name)
        except self.client.exceptions.NotFoundException:
            return None
        return _identity(name, answer, self.sender_tag)

    def create(self, domain: Domain, mail_from: str) -> None:
        try:
            self.client.create_email_identity(
                EmailIdentity=domain.name,
                ConfigurationSetName=domain.transactional_set or self.default_set,
                DkimSigningAttributes={"NextSigningKeyLength": "RSA_2048_BIT"},
                Tags=[{"Key": self.sender_tag, "Value": SENDS}],
            )
        except self.client.exceptions.AlreadyExistsException as error:
            present = self.get(domain.name)
            if present is None or not present.ours:
                raise Conflict(
                    f"SES has the identity {domain.name} already: adopt it, or add a subdomain such as mail.{domain.name}"
                ) from error
        self.client.put_email_identity_mail_from_attributes(
            EmailIdentity=domain.name, MailFromDomain=mail_from, BehaviorOnMxFailure="USE_DEFAULT_VALUE"
        )
        self.client.put_email_identity_feedback_attributes(EmailIdentity=domain.name, EmailForwardingEnabled=False)

    def adopt(self, domain: Domain, *, default_set: bool) -> None:
        self.client.tag_resource(
            ResourceArn=self.arn_prefix + domain.name, Tags=[{"Key": self.sender_tag, "Value": SENDS}]
        )
        if default_set:
            self.client.put_email_identity_configuration_set_attributes(
                EmailIdentity=domain.name, ConfigurationSetName=domain.transactional_set or self.default_set
            )

    def release(self, name: str) -> None:
        self.client.untag_resource(ResourceArn=self.arn_prefix + name, TagKeys=[self.sender_tag])

    def delete(self, name: str) -> None:
        try:
            self.client.delete_email_identity(EmailIdentity=name)
        except self.client.exceptions.NotFoundException:
            return


def _identity(name: str, answer: Mapping[str, Any], tag: str) -> SesIdentity:
    dkim, mail_from = answer.get("DkimAttributes", {}), answer.get("MailFromAttributes", {})
    verification = answer.get("VerificationInfo", {})
    own_key = dkim.get("SigningAttributesOrigin") == "EXTERNAL"
    return SesIdentity(
        name=name,
        sendable=answer["VerifiedForSendingStatus"],
        dkim_status=dkim.get("Status", ""),
        dkim_tokens=tuple(dkim.get("Tokens", ())),
        dkim_zone="" if own_key else dkim.get("SigningHostedZone", "dkim.amazonses.com"),
        mail_from=mail_from.get("MailFromDomain", ""),
        mail_from_status=mail_from.get("MailFromDomainStatus", ""),
        configuration_set=answer.get("ConfigurationSetName", ""),
        ours={"Key": tag, "Value": SENDS} in answer.get("Tags", []),
        error=verification.get("ErrorType", ""),
        last_checked=_instant(verification.get("LastCheckedTimestamp")),
        last_success=_instant(verification.get("LastSuccessTimestamp")),
        name_server=verification.get("SOARecord", {}).get("PrimaryNameServer", ""),
    )


def _instant(at: Any) -> str:
    return timestamps.iso(at.timestamp()) if at else ""
