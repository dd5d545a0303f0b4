"""How late a mail may be delivered: a one-time code is of no use after its time.

SES has a limit for each configuration set and none for a message, so there is a set for each of a few limits. A mail gets the longest that
ends in time. SES's shortest is five minutes from the moment at which SES accepts the mail.
"""

from __future__ import annotations

from functions.core import timestamps

SHORTEST, LONGEST = 300, 50_400  # seconds: SES's bounds
SLACK_SECONDS = 30  # a mail with a set's own limit has waited for a moment when a worker gets it
SET_LIMITS = (300, 900, 3600)  # seconds: each has a transactional configuration set


def set_name(transactional: str, limit: int) -> str:
    """Returns the name of the set with a limit. Without a limit it is the transactional set itself."""
    return f"{transactional}-{limit}s" if limit else transactional


def expiry(start: str, seconds: int) -> str:
    """Returns the instant after which a mail is not sent."""
    return timestamps.iso(timestamps.parse(start) + seconds)


def set_limit(expires_at: str, now: float) -> int:
    """Returns the limit of the set that delivers in time. 0: there is no limit, or SES's own is shorter."""
    if not expires_at:
        return 0
    left = timestamps.parse(expires_at) - now + SLACK_SECONDS
    if left >= LONGEST:
        return 0
    return max((limit for limit in SET_LIMITS if limit <= left), default=SET_LIMITS[0])


def is_over(expires_at: str, now: float) -> bool:
    return bool(expires_at) and now >= timestamps.parse(expires_at)
