"""The sentences of core about a message, for the catalogues. Core writes them in English, for the API too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.core.events.message_history import MessageOutcome
from functions.core.events.timeline import TimelineEventType
from functions.i18n.marks import N_
from functions.pages.message_pattern import read_pattern
from functions.pages.visit import PageVisit

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
# Facts of an event. A value is of the mail, SES or a mail server, and stays as it is.
DETAILS = {
    "subject": N_("Subject"),
    "from": N_("From"),
    "replyTo": N_("Reply to"),
    "response": N_("Answer of the mail server"),
    "mta": N_("Server of SES"),
    "type": N_("Kind"),
    "subtype": N_("Kind in detail"),
    "status": N_("Status code"),
    "agent": N_("Program"),
    "ip": N_("IP address"),
    "reason": N_("Reason"),
    "until": N_("Until"),
    "link": N_("Link"),
    "page": N_("Link in the template"),
    "list": N_("List"),
    "source": N_("Source"),
    "subscription": N_("Subscription type"),
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
    N_(
        "SES made no attempt: the address bounced or complained before, so it is on the tenant's suppression list. It can be removed there."
    ),
)
# Sentences with values. The first that matches is the sentence, so a longer one is before its beginning.
PATTERNS = (
    N_("The mail bounced permanently: %(why)s. Non-transactional mail is no longer sent to this address."),
    N_("The mail bounced for now: %(why)s. SES tried for hours; another mail may arrive."),
    N_("The mail bounced for now: %(why)s. Another mail may arrive."),
    N_("The mail bounced for now: %(why)s. The same mail would bounce again: %(change)s."),
    N_("The mail bounced, and SES does not report whether permanently: %(why)s."),
    N_("SES accepted the mail and then discarded it: %(why)s."),
    N_("Delivery is delayed: %(why)s. SES continues its attempts until %(until)s. The server answered: %(answer)s"),
    N_("Delivery is delayed: %(why)s. SES continues its attempts. The server answered: %(answer)s"),
    N_("Delivery is delayed: %(why)s. SES continues its attempts until %(until)s."),
    N_("Delivery is delayed: %(why)s. SES continues its attempts."),
    N_("A link was followed: %(link)s"),
    N_("The recipient unsubscribed from %(list)s."),
    N_("It waits to be sent at %(until)s."),
    N_("It waits to be sent, after: %(why)s."),
    N_("It was not sent: %(why)s."),
    N_("It could not be sent: %(why)s."),
)
# What core writes in place of a value. Any other value is of the mail, or a server's own words, and stays as it is.
REASONS = (
    N_("the mailbox does not exist"),
    N_("the mailbox is full"),
    N_("the mail is larger than the mailbox takes"),
    N_("the recipient's mail server refuses its content"),
    N_("the recipient's mail server refuses an attachment"),
    N_("the mail could not be delivered in the time that was set for it"),
    N_("make it smaller"),
    N_("change its content"),
    N_("change or remove the attachment"),
    N_("SES has an internal problem"),
    N_("an error occurred between the mail servers"),
    N_("the recipient's mail server has received much spam from this sender"),
    N_("the recipient's mail server has a temporary problem"),
    N_("the sending address is blocked or slowed down"),
    N_("the connection to the recipient's mail server broke"),
    N_("the host name of the sending IP address could not be looked up"),
    N_("SES does not report why"),
    N_("SES itself delays the mail"),
    N_("something is wrong with the address"),
    N_("the mail domain does not exist"),
    N_("the address has a syntax error"),
    N_("the address is ambiguous"),
    N_("the mailbox has moved without a new address"),
    N_("the domain accepts no mail"),
    N_("something is wrong with the mailbox"),
    N_("the mailbox is switched off"),
    N_("the mail is too large for the mailbox"),
    N_("the mailing list at this address cannot be expanded"),
    N_("the recipient's mail server has an internal problem"),
    N_("the recipient's mail server is out of space"),
    N_("the recipient's mail server accepts no mail just now"),
    N_("the mail is too large for the recipient's mail server"),
    N_("the way to the recipient's mail server has a problem"),
    N_("the recipient's mail server does not answer"),
    N_("the domain's DNS entries could not be looked up"),
    N_("the recipient's mail server is unreachable"),
    N_("the recipient's mail server is overloaded"),
    N_("the mail went round in circles between mail servers"),
    N_("the mail could not be delivered in time"),
    N_("the mail servers had a protocol error"),
    N_("something is wrong with the mail's content"),
    N_("the recipient's mail server refuses it by its rules"),
    N_("the recipient's mail server refuses mail from this sender"),
    N_("the mail's DKIM signature was missing"),
    N_("the sender's SPF record did not allow the mail"),
    N_("the sending address has no reverse DNS entry"),
    N_("the mail failed the recipient's authentication checks (SPF, DKIM)"),
    N_("too much mail came from this sender at once"),
    N_("its server gave no reason"),
    N_("it found a virus"),
    N_("the recipient's mail server does not accept the mail yet"),
)
_MATCHERS = [(text, read_pattern(text)) for text in PATTERNS]


def details(visit: PageVisit, fact: Mapping[str, Any]) -> str:
    """Returns the facts of an event, one in a line. What is true or false is a part of the event's sentence. A fact of another version may
    have no label.
    """
    return "\n".join(
        f"{visit.gettext(DETAILS.get(name, name))}: {value}"
        for name, value in fact.items()
        if name not in {"kind", "at"} and not isinstance(value, bool)
    )


def translated(visit: PageVisit, sentence: str) -> tuple[str, str]:
    """Returns the sentence in the visitor's language, with that language. Returns it in English if it has no translation."""
    if sentence in SENTENCES:
        return visit.gettext(sentence), visit.visitor.language
    for text, pattern in _MATCHERS:
        if (values := pattern.values(sentence)) is not None:
            words = {name: visit.gettext(value) if value in REASONS else value for name, value in values.items()}
            return visit.gettext(text, **words), visit.visitor.language
    return sentence, "en"
