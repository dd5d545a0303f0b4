"""Lists campaigns in HubSpot's sense: emails and SMTP tokens, all of them, or those with recent mail."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from heapq import merge
from itertools import islice

from msgspec import Struct

from functions.core import timestamps
from functions.core.events.pagination import Position
from functions.core.statistics import periods
from functions.ports import Clock
from functions.ports.emails import Emails
from functions.ports.sending import BroadcastMessages, MessageIndex
from functions.ports.statistics import Counters

RECENT_SECONDS = 30 * 86_400


class CampaignActivity(Struct, frozen=True, order=True):
    """A campaign, and when its latest mail was accepted."""

    at: str
    email_id: int


class ListCampaigns(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. Both lists are read whole, since an account has few emails."""

    emails: Emails
    counters: Counters
    messages: MessageIndex
    of_broadcasts: BroadcastMessages
    clock: Clock

    def ids(self) -> Sequence[int]:
        """Returns every campaign's id, in order."""
        return sorted(email.id for email in self.emails.all())

    def recent(self) -> Sequence[CampaignActivity]:
        """Returns the campaigns with mail in the last 30 days, the latest first."""
        now = self.clock()
        since, until = timestamps.iso(now - RECENT_SECONDS), timestamps.iso(now)
        counted = set(self.counters.emails(periods.day(since), periods.day(until)))
        spread = self.counters.spread_emails(periods.day(since), periods.day(until))
        broadcast = self.of_broadcasts.emails(until)
        latest = (
            CampaignActivity(position.accepted_at, email_id)
            for email_id in counted.intersection(self.ids())
            for position in islice(self._newest_first(email_id, since, until, spread, broadcast), 1)
        )
        return sorted(latest, reverse=True)

    def _newest_first(
        self, email_id: int, since: str, until: str, spread: Collection[int], broadcast: Collection[int]
    ) -> Iterator[Position]:
        singles = self.messages.of_email(email_id, since, until, spread=email_id in spread)
        if email_id not in broadcast:
            return singles
        return merge(singles, self.of_broadcasts([email_id], since, until), reverse=True)
