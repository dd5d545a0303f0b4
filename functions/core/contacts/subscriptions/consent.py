"""Who may be mailed what. Consent depends on the email, not on the endpoint that sends it: transactional mail ignores the contact's
status, and any other mail obeys it.
"""

from __future__ import annotations

from functions.core.contacts.contact import EVERYTHING, Contact
from functions.core.contacts.subscriptions.subscription import SubscriptionType
from functions.core.emails.email import TRANSACTIONAL
from functions.core.emails.pause import REPUTATION, Pause
from functions.core.outcomes import Refusal, SendResult


def refusal(subscription: str, contact: Contact | None) -> Refusal | None:
    """Returns why an email of a subscription type must not go to a contact, or None if it may. A contact without a decision may be
    mailed: whether that needs consent is the sender's decision.
    """
    if subscription == TRANSACTIONAL or contact is None:
        return None
    if contact.quarantine:
        reason = f"{contact.email} bounced on {contact.quarantine.at}: {contact.quarantine.reason}"
        return Refusal(SendResult.PREVIOUSLY_BOUNCED, reason)
    if contact.has_complained:
        return Refusal(SendResult.PREVIOUS_SPAM, f"{contact.email} reported spam on {contact.complained_at}")
    if contact.unsubscribed(EVERYTHING):
        return Refusal(SendResult.PREVIOUSLY_UNSUBSCRIBED_PORTAL, f"{contact.email} unsubscribed from all emails")
    if contact.unsubscribed(subscription):
        reason = f"{contact.email} unsubscribed from {subscription!r}"
        return Refusal(SendResult.PREVIOUSLY_UNSUBSCRIBED_MESSAGE, reason)
    return None


def type_refusal(subscription: str, stored: SubscriptionType | None) -> Refusal | None:
    """Returns why no email of a subscription type is sent at all. `stored` is the type, if it exists."""
    if subscription == TRANSACTIONAL or (stored and stored.active):
        return None
    wrong = "is not active" if stored else "does not exist"
    reason = f"the email's subscription type {subscription!r} {wrong}: choose an active type for the email"
    return Refusal(SendResult.EMAIL_DISABLED, reason)


def pause_refusal(email_id: int, pause: Pause | None) -> Refusal | None:
    """Returns the refusal of a paused email. HubSpot has one result for a pause by reputation, and another for a pause by an operator."""
    if pause is None or not pause.is_active:
        return None
    result = SendResult.CANCELLED_ABUSE if pause.by == REPUTATION else SendResult.EMAIL_DISABLED
    return Refusal(result, f"email {email_id} is paused since {pause.at}: {pause.reason}")


def account_pause_refusal(pause: Pause | None) -> Refusal | None:
    if pause is None or not pause.is_active:
        return None
    reason = f"all non-transactional mail is paused since {pause.at}: {pause.reason}"
    return Refusal(SendResult.PORTAL_SUSPENDED, reason)
