"""The text of a request for SES's production access, written from what the stage does. SES's reviewers refuse vague texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from functions.core.account import reputation
from functions.core.emails.email import TRANSACTIONAL, Email, Subcategory

TEXT_MAX = 5000  # characters, SES's limit
EMAILS_MAX = 12  # that the text names

PENDING, GRANTED, DENIED, FAILED = "PENDING", "GRANTED", "DENIED", "FAILED"


class ProductionFacts(Struct, frozen=True, kw_only=True):
    """What the stage does."""

    domain: str
    domain_verified: bool
    purpose: str  # in the operator's words; may be empty
    emails: Sequence[Email]
    smtp_tokens: int
    daily_mails: int
    retention_days: int

    @property
    def published(self) -> list[Email]:
        live = [email for email in self.emails if email.is_published and not email.archived_at]
        return [email for email in live if email.subcategory is not Subcategory.SMTP_TOKEN]

    @property
    def marketing(self) -> list[Email]:
        return [email for email in self.published if email.subscription != TRANSACTIONAL]

    @property
    def mail_type(self) -> str:
        """SES's word for most of the mail."""
        return "MARKETING" if len(self.marketing) * 2 > len(self.published) else "TRANSACTIONAL"


def use_case(facts: ProductionFacts) -> str:
    """Returns the text, of at most TEXT_MAX characters."""
    return "\n\n".join(_paragraphs(facts))[:TEXT_MAX]


def _paragraphs(facts: ProductionFacts) -> Iterator[str]:
    verified = (
        "is verified with DKIM (2048 bits)" if facts.domain_verified else "is being verified with DKIM (2048 bits)"
    )
    yield (
        f"We send email from our own domain {facts.domain}, which {verified}, with a MAIL FROM subdomain of its own for SPF. "
        f"We expect about {facts.daily_mails:,} mails a day. {facts.purpose}".strip()
    )
    yield from _emails(facts)
    yield (
        "Recipients: each mail is caused by an action of its recipient in our application, through our API, one recipient for each SES call. "
        "We do not buy, rent or import lists of addresses."
    )
    yield (
        "Bounces and complaints: our configuration sets publish every event to an SNS topic, which a queue and a function of ours record "
        "within seconds. A hard bounce puts the address into quarantine, and a complaint ends all mail to it that is not transactional. "
        "Non-transactional mail uses a configuration set that honours the suppression list for bounces and complaints. "
        f"An email with {reputation.STOP_BOUNCES:.0%} bounces or {reputation.STOP_COMPLAINTS:.1%} complaints is paused automatically, and all "
        f"non-transactional mail at {reputation.REVIEW_BOUNCES:.0%} or {reputation.REVIEW_COMPLAINTS:.1%}. Alarms notify an operator."
    )
    yield (
        "Unsubscribing: non-transactional mail has a link in the mail and the one-click header of RFC 8058. We check consent before each "
        f"send. The history of each mail is kept for {facts.retention_days} days."
    )


def _emails(facts: ProductionFacts) -> Iterator[str]:
    transactional = [email for email in facts.published if email.subscription == TRANSACTIONAL]
    if transactional:
        yield f"Transactional mail, which a person's own action causes: {_names(transactional)}."
    if facts.marketing:
        yield f"Mail by subscription, to people who agreed to it: {_names(facts.marketing)}."
    if facts.smtp_tokens:
        yield f"{facts.smtp_tokens} of our own applications send over SMTP, each with its own credentials and with the same handling of events."


def _names(emails: Sequence[Email]) -> str:
    names = ", ".join(f'"{email.name}"' for email in emails[:EMAILS_MAX])
    more = len(emails) - EMAILS_MAX
    return f"{names} and {more} more" if more > 0 else names
