"""The sentences of core about a message, for the catalogues. A sentence with values of the message stays in English."""

from __future__ import annotations

from functions.core.events.message_history import MessageOutcome
from functions.core.events.timeline import TimelineEventType
from functions.pages.page import N_

KINDS = {
    TimelineEventType.SENT: N_("Accepted by SES"),
    TimelineEventType.DELIVERED: N_("Delivered"),
    TimelineEventType.BOUNCED: N_("Bounced"),
    TimelineEventType.COMPLAINED: N_("Spam report"),
    TimelineEventType.REJECTED: N_("Rejected by SES"),
    TimelineEventType.DELAYED: N_("Delayed"),
    TimelineEventType.OPENED: N_("Opened"),
    TimelineEventType.CLICKED: N_("Link followed"),
    TimelineEventType.UNSUBSCRIBED: N_("Unsubscribed"),
    TimelineEventType.SUBSCRIBED: N_("Subscribed"),
}
OUTCOMES = {
    MessageOutcome.TAKEN: N_("Attempt %(number)s: SES took it"),
    MessageOutcome.RELEASED: N_("Attempt %(number)s: SES did not take it, so another followed"),
    MessageOutcome.REFUSED: N_("Attempt %(number)s: refused"),
    MessageOutcome.UNDER_WAY: N_("Attempt %(number)s: under way"),
    MessageOutcome.UNKNOWN: N_("Attempt %(number)s: no outcome was recorded"),
}
SENTENCES = (
    N_("SES accepted the mail, and will try to deliver it."),
    N_("The recipient's mail server accepted the mail. It may still sort it into a spam folder."),
    N_("The recipient reported the mail as spam. Non-transactional mail is no longer sent to this address."),
    N_("One of several recipients reported the mail as spam. SES does not report which."),
    N_("The recipient took the mail out of the spam folder."),
    N_("The mail was opened: its pictures were loaded."),
    N_("One of several recipients opened the mail. SES does not report which."),
    N_("The recipient subscribed."),
    N_("The recipient unsubscribed."),
    N_(
        "The recipient's address answered without an error: usually an automatic reply, such as an out-of-office notice."
    ),
    N_("SES made no attempt: the recipient complained before, so the address is on a suppression list."),
    N_(
        "SES made no attempt: mail to the address bounced before, also for other senders, so it is on SES's global suppression list. "
        "It cannot be removed there. The entry expires by itself, after up to 14 days. Until the contact's quarantine is lifted, "
        "non-transactional mail is not sent to this address."
    ),
    N_(
        "SES made no attempt: the address bounced or complained before, so it is on the account's suppression list. It can be removed "
        "there."
    ),
    N_("The recipient's mail provider reports that the mail failed its authentication checks (SPF, DKIM, DMARC)."),
    N_("The recipient's mail provider reports a virus in the mail."),
    N_("It is being sent to SES."),
    N_("It waits to be sent."),
    N_("It was canceled before it was sent."),
    N_("SES accepted the mail, and tries to deliver it."),
    N_("The mail was delivered, and a person opened it."),
    N_("The mail was delivered."),
    N_("The mail arrived: its recipient used it."),
)


def language_of(sentence: str, language: str) -> str:
    """Returns the language in which a page shows the sentence."""
    return language if sentence in SENTENCES else "en"
