"""The words of the pages for what became of a message."""

from __future__ import annotations

from functions.core.events.message_history import MessageStatus
from functions.i18n.marks import N_

STATUS_WORDS = {
    MessageStatus.SCHEDULED: N_("Scheduled"),
    MessageStatus.QUEUED: N_("Waiting"),
    MessageStatus.SENDING: N_("Being sent"),
    MessageStatus.REFUSED: N_("Not sent"),
    MessageStatus.FAILED: N_("Failed"),
    MessageStatus.CANCELED: N_("Canceled"),
    MessageStatus.SENT: N_("Sent"),
    MessageStatus.DELAYED: N_("Delayed"),
    MessageStatus.SOFT_BOUNCED: N_("Bounced for now"),
    MessageStatus.DELIVERED: N_("Delivered"),
    MessageStatus.REJECTED: N_("Rejected by SES"),
    MessageStatus.SUPPRESSED: N_("Suppressed"),
    MessageStatus.BOUNCED: N_("Bounced"),
    MessageStatus.COMPLAINED: N_("Spam report"),
}
ARRIVED = frozenset({MessageStatus.DELIVERED, MessageStatus.SENT})
ENDED = frozenset(
    {
        MessageStatus.REFUSED,
        MessageStatus.FAILED,
        MessageStatus.REJECTED,
        MessageStatus.SUPPRESSED,
        MessageStatus.BOUNCED,
        MessageStatus.COMPLAINED,
    }
)


def tone(status: MessageStatus) -> str:
    """Returns the style of the word."""
    return "good" if status in ARRIVED else "bad" if status in ENDED else ""
