"""When bounces and complaints must stop mail. It applies SES's own limits to our counters, so we stop a part before SES stops the account.

SES reviews an account at 5 % bounces or 0.1 % complaints, and pauses it at 10 % or 0.5 % (Developer Guide, "Amazon SES Sending review process
FAQs"). One email is paused at SES's pause limit, since it is one among many. All non-transactional mail together is paused at SES's
review limit. Transactional mail is never paused by this: alarms report it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from functions.core import timestamps
from functions.core.emails.pause import Pause
from functions.core.statistics import periods

REVIEW_BOUNCES, REVIEW_COMPLAINTS = 0.05, 0.001
STOP_BOUNCES, STOP_COMPLAINTS = 0.10, 0.005

DAY_SECONDS, HOUR_SECONDS = 86400, 3600


class RateLimits(Struct, frozen=True):
    """Shares of the sent mail. Below the least numbers a share is chance: 1 bounce of 10 proves nothing."""

    bounces: float
    complaints: float
    least_bounces: int
    least_complaints: int


OF_AN_EMAIL = RateLimits(STOP_BOUNCES, STOP_COMPLAINTS, least_bounces=20, least_complaints=5)
OF_ALL = RateLimits(REVIEW_BOUNCES, REVIEW_COMPLAINTS, least_bounces=50, least_complaints=10)


class FeedbackRates(Struct, frozen=True):
    sent: int = 0
    bounced: int = 0  # hard bounces, SES's global list included; SES does not count those of the account's own list
    complained: int = 0

    @property
    def bounces(self) -> float:
        return self.bounced / self.sent if self.sent else 0.0

    @property
    def complaints(self) -> float:
        return self.complained / self.sent if self.sent else 0.0


def rates(counters: Mapping[str, int]) -> FeedbackRates:
    """Computes the rates from counters of core.statistics.counters."""
    bounced = counters.get("hardbounced", 0) - counters.get("listbounced", 0)
    return FeedbackRates(counters.get("sent", 0), bounced, counters.get("spamreport", 0))


def combined(several: Iterable[FeedbackRates]) -> FeedbackRates:
    rates = list(several)
    return FeedbackRates(
        sum(rate.sent for rate in rates), sum(rate.bounced for rate in rates), sum(rate.complained for rate in rates)
    )


def exceeded_limit(rates: FeedbackRates, limits: RateLimits) -> str:
    """Returns why mail of these rates must stop, for people. Returns an empty text if it need not."""
    if rates.bounced >= limits.least_bounces and rates.bounces >= limits.bounces:
        return f"{rates.bounced} of {rates.sent} mails ({rates.bounces:.1%}) bounced; the limit is {limits.bounces:.1%}"
    if rates.complained >= limits.least_complaints and rates.complaints >= limits.complaints:
        return (
            f"{rates.complained} of {rates.sent} mails ({rates.complaints:.1%}) were reported as spam; "
            f"the limit is {limits.complaints:.1%}"
        )
    return ""


def judged_since(now: float, *pauses: Pause | None) -> str:
    """Returns the first hour of acceptance that counts: yesterday's first, or the first whole hour after a resumption. Older mail does
    not count, or the next check would pause it again.
    """
    yesterday = f"{periods.day(timestamps.iso(now - DAY_SECONDS))}T00"
    resumed = [timestamps.parse(pause.resumed_at) for pause in pauses if pause and not pause.is_active]
    return max([yesterday, *(timestamps.hour(timestamps.iso(at + HOUR_SECONDS)) for at in resumed)])
