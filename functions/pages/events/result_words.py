"""The words of pages for why a mail was not sent. Statistics count HubSpot's words."""

from __future__ import annotations

from functions.core.outcomes import SendResult
from functions.i18n.marks import N_
from functions.pages.visit import PageVisit

RESULTS = {
    SendResult.SENT: N_("Sent"),
    SendResult.QUEUED: N_("Waiting"),
    SendResult.IDEMPOTENT_IGNORE: N_("The same mail was sent already"),
    SendResult.IDEMPOTENT_FAIL: N_("Another mail has the same sendId"),
    SendResult.THROTTLED: N_("SES's quota was used up"),
    SendResult.INVALID_TO_ADDRESS: N_("The recipient's address is wrong"),
    SendResult.INVALID_FROM_ADDRESS: N_("The sender's address is wrong"),
    SendResult.BLOCKED_DOMAIN: N_("The recipient's domain is blocked"),
    SendResult.BLOCKED_ADDRESS: N_("The recipient's address is blocked"),
    SendResult.PREVIOUSLY_BOUNCED: N_("Mail to the address bounced before"),
    SendResult.PREVIOUS_SPAM: N_("The recipient reported spam before"),
    SendResult.PREVIOUSLY_UNSUBSCRIBED_MESSAGE: N_("The recipient left this type of mail"),
    SendResult.PREVIOUSLY_UNSUBSCRIBED_PORTAL: N_("The recipient left all marketing mail"),
    SendResult.QUARANTINED_ADDRESS: N_("The address is in quarantine"),
    SendResult.ADDRESS_OPTED_OUT: N_("The recipient opted out"),
    SendResult.GDPR_DOI_ENABLED: N_("The recipient has not confirmed the subscription"),
    SendResult.UNCONFIGURED_SENDING_DOMAIN: N_("The sender's domain is not set up"),
    SendResult.UNDELIVERABLE: N_("SES could not send it"),
    SendResult.TOO_MANY_RECIPIENTS: N_("It had too many recipients"),
    SendResult.MISSING_CONTENT: N_("The email has no content"),
    SendResult.MISSING_TEMPLATE_PROPERTIES: N_("A property that the template needs was missing"),
    SendResult.MISSING_REQUIRED_PARAMETER: N_("A field of the request was missing"),
    SendResult.TEMPLATE_RENDER_EXCEPTION: N_("The template failed"),
    SendResult.CORRUPT_INPUT: N_("The request could not be read"),
    SendResult.VALIDATION_FAILED: N_("The request was wrong"),
    SendResult.EMAIL_DISABLED: N_("The email is not published, or paused"),
    SendResult.CAMPAIGN_CANCELLED: N_("It was canceled before it was sent"),
    SendResult.CANCELLED_ABUSE: N_("It was canceled because of abuse"),
    SendResult.PORTAL_SUSPENDED: N_("Sending of the account was stopped"),
    SendResult.PORTAL_OVER_LIMIT: N_("The account's limit was used up"),
}


def result_of(visit: PageVisit, result: str) -> str:
    """Returns a counted word as it is if it is not listed."""
    return visit.gettext(RESULTS[SendResult(result)]) if result in SendResult.__members__ else result
