"""The outcome of a mail at each address: SES's mailbox simulator and the suppression list, as a table."""

import re
from enum import Enum, auto

_SIMULATOR = re.compile(r"([a-z]+)(?:\+[^@]*)?@simulator\.amazonses\.com", re.IGNORECASE)


class Outcome(Enum):
    DELIVERED = auto()
    BOUNCED = auto()
    COMPLAINED = auto()
    ANSWERED = auto()
    """Delivered, and the recipient sends an out-of-office reply."""
    SUPPRESSED_BY_SES = auto()
    SUPPRESSED_BY_BOUNCE = auto()
    SUPPRESSED_BY_COMPLAINT = auto()


_BY_SIMULATOR_NAME = {
    "success": Outcome.DELIVERED,
    "bounce": Outcome.BOUNCED,
    "ooto": Outcome.ANSWERED,
    "complaint": Outcome.COMPLAINED,
    "suppressionlist": Outcome.SUPPRESSED_BY_SES,
}
_BY_SUPPRESSION = {"BOUNCE": Outcome.SUPPRESSED_BY_BOUNCE, "COMPLAINT": Outcome.SUPPRESSED_BY_COMPLAINT}

REACHES_MAILBOX = {Outcome.DELIVERED, Outcome.ANSWERED, Outcome.COMPLAINED}

# Bounce type, bounce sub type and the diagnostic line of each way to bounce. SES reports an out-of-office reply as a bounce without a status.
BOUNCES = {
    Outcome.BOUNCED: ("Permanent", "General", "550 5.1.1 user unknown"),
    Outcome.ANSWERED: ("Transient", "General", ""),
    Outcome.SUPPRESSED_BY_SES: (
        "Permanent",
        "Suppressed",
        "550 5.1.1 Amazon SES has suppressed sending to this address because it has a recent history of bouncing",
    ),
    Outcome.SUPPRESSED_BY_BOUNCE: (
        "Permanent",
        "OnAccountSuppressionList",
        "550 5.1.1 Amazon SES did not send the message to this address because it is on the account's suppression list",
    ),
}

# Complaint sub type of each way to complain.
COMPLAINTS = {Outcome.COMPLAINED: None, Outcome.SUPPRESSED_BY_COMPLAINT: "OnAccountSuppressionList"}


def outcome(recipient: str, suppressed_for: str | None) -> Outcome:
    """Returns the outcome. `suppressed_for` is the reason on the suppression list that applies to the message, if any."""
    if suppressed_for:
        return _BY_SUPPRESSION[suppressed_for]
    simulator = _SIMULATOR.fullmatch(recipient)
    return _BY_SIMULATOR_NAME.get(simulator[1].lower(), Outcome.BOUNCED) if simulator else Outcome.DELIVERED


def is_simulator(recipient: str) -> bool:
    return _SIMULATOR.fullmatch(recipient) is not None
