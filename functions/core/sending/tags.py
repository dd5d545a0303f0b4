"""Message tags. A caller's own are labels of a send: SES returns them in its events, and each message stores them. Ours name the message."""

from __future__ import annotations

import re

COUNT_MAX = 10  # our limit: SES has none, and each message of the send stores every tag
RESERVED = "staffetta_"

# SES returns these tags of a send in its events, so an event finds its message before we stored SES's id.
SEND_TAG, RECIPIENT_TAG, EMAIL_TAG = "staffetta_send", "staffetta_recipient", "staffetta_email"
BROADCAST_TAG = "staffetta_broadcast"  # on each mail of a broadcast, only whose Send event settles its message
SENSITIVE_TAG = "staffetta_sensitive"  # on each mail of a sensitive email
# SES writes its value into the mail's Feedback-ID, by which Gmail separates complaint rates.
FEEDBACK_TAG = "ses:feedback-id-a"

_TAG = r"[A-Za-z0-9_-]{1,256}"  # SES's rule for names and values


def check(name: str, value: str) -> None:
    """Raises ValueError with the reason."""
    if not re.fullmatch(_TAG, name):
        raise ValueError("must be named with 1 to 256 of A-Z, a-z, 0-9, _ and -")
    if name.lower().startswith(RESERVED):
        raise ValueError(f"must not begin with {RESERVED}: these tags are Staffetta's own")
    if not re.fullmatch(_TAG, value):
        raise ValueError("must have a value of 1 to 256 of A-Z, a-z, 0-9, _ and -")
