"""When mail does more harm than good: SES's own lines, drawn on our own counters, so that we stop a part before SES stops the account.

SES reviews an account at 5 % bounces or 0.1 % complaints, and pauses it at 10 % or 0.5 % (Developer Guide, "Amazon SES Sending review process
FAQs"). One email may come to the line at which SES pauses, being one among many; all mail that is not transactional together only to
the line at which SES begins to review. Transactional mail is never stopped by this: alarms tell of it.
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
    """Shares of what was sent. Below the least numbers a share is chance: 1 bounce of 10 says nothing."""

    bounces: float
    complaints: float
    least_bounces: int
    least_complaints: int


OF_AN_EMAIL = RateLimits(STOP_BOUNCES, STOP_COMPLAINTS, least_bounces=20, least_complaints=5)
OF_ALL = RateLimits(REVIEW_BOUNCES, REVIEW_COMPLAINTS, least_bounces=50, least_complaints=10)


class FeedbackRates(Struct, frozen=True):
    sent: int = 0
    bounced: int = 0  # hard, and not what SES itself held back: that it does not count
    complained: int = 0

    @property
    def bounces(self) -> float:
        return self.bounced / self.sent if self.sent else 0.0

    @property
    def complaints(self) -> float:
        return self.complained / self.sent if self.sent else 0.0


def rates(counters: Mapping[str, int]) -> FeedbackRates:
    """Of core.statistics.counters."""
    bounced = counters.get("hardbounced", 0) - counters.get("suppressed", 0)
    return FeedbackRates(counters.get("sent", 0), max(0, bounced), counters.get("spamreport", 0))


def combined(several: Iterable[FeedbackRates]) -> FeedbackRates:
    given = list(several)
    return FeedbackRates(
        sum(one.sent for one in given), sum(one.bounced for one in given), sum(one.complained for one in given)
    )


def exceeded_limit(rates: FeedbackRates, lines: RateLimits) -> str:
    """Why mail of these rates must stop, for a reader; empty where it need not."""
    if rates.bounced >= lines.least_bounces and rates.bounces >= lines.bounces:
        return f"{_share(rates.bounced, rates.sent)} bounced; the line is {lines.bounces:.1%}"
    if rates.complained >= lines.least_complaints and rates.complaints >= lines.complaints:
        return f"{_share(rates.complained, rates.sent)} were reported as spam; the line is {lines.complaints:.1%}"
    return ""


def judged_since(now: float, *pauses: Pause | None) -> str:
    """From which hour on mail is judged, by when it was accepted: yesterday's first. After a resumption, the first whole hour: what was
    accepted before is forgiven, or the next look would pause it again.
    """
    yesterday = f"{periods.day(timestamps.iso(now - DAY_SECONDS))}T00"
    resumed = [timestamps.parse(pause.resumed_at) for pause in pauses if pause and not pause.is_active]
    return max([yesterday, *(timestamps.hour(timestamps.iso(at + HOUR_SECONDS)) for at in resumed)])


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} mails ({part / whole:.1%})"
