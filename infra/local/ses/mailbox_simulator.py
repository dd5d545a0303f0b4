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
    ON_GLOBAL_LIST = auto()
    SUPPRESSED_BY_BOUNCE = auto()
    SUPPRESSED_BY_COMPLAINT = auto()


_BY_SIMULATOR_NAME = {
    "success": Outcome.DELIVERED,
    "bounce": Outcome.BOUNCED,
    "ooto": Outcome.ANSWERED,
    "complaint": Outcome.COMPLAINED,
    "suppressionlist": Outcome.ON_GLOBAL_LIST,
}
_BY_SUPPRESSION = {"BOUNCE": Outcome.SUPPRESSED_BY_BOUNCE, "COMPLAINT": Outcome.SUPPRESSED_BY_COMPLAINT}

REACHES_MAILBOX = {Outcome.DELIVERED, Outcome.ANSWERED, Outcome.COMPLAINED}

# The simulator's bounces of one message are one event.
SIMULATED_BOUNCES = {
    Outcome.BOUNCED: "smtp; 550 5.1.1 As requested: user unknown <{}>",
    Outcome.ON_GLOBAL_LIST: "smtp; 550 5.1.1 As requested: user unknown (suppressed address: {})",
}
ON_ACCOUNT_LIST = (
    "Amazon SES did not send the message to this address because it is on the suppression list for your account. For more information "
    "about removing addresses from the suppression list, see the Amazon SES Developer Guide at "
    "https://docs.aws.amazon.com/ses/latest/DeveloperGuide/sending-email-suppression-list.html"
)


def outcome(recipient: str, suppressed_for: str | None) -> Outcome:
    """Returns the outcome. `suppressed_for` is the reason on the suppression list that applies to the message, if any."""
    if suppressed_for:
        return _BY_SUPPRESSION[suppressed_for]
    simulator = _SIMULATOR.fullmatch(recipient)
    return _BY_SIMULATOR_NAME.get(simulator[1].lower(), Outcome.BOUNCED) if simulator else Outcome.DELIVERED


def is_simulator(recipient: str) -> bool:
    return _SIMULATOR.fullmatch(recipient) is not None
