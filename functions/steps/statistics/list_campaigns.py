"""Lists campaigns in HubSpot's sense: emails and SMTP tokens, all of them, or those with recent mail."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from heapq import merge

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
        broadcast = self.of_broadcasts.emails(until)
        listed = {
            email_id: self._newest_first(email_id, since, until, broadcast)
            for email_id in counted.intersection(self.ids())
        }
        return sorted(self._latest(listed), reverse=True)

    def _latest(self, listed: Mapping[int, Iterator[Position]]) -> Iterator[CampaignActivity]:
        """Reads the newest message of every email at once. If one is no longer there, its email's message before it is next."""
        while listed:
            newest = {email_id: at for email_id, positions in listed.items() if (at := next(positions, None))}
            existing = {message.email_id: message for message in self.messages.read(list(newest.values()))}
            yield from (CampaignActivity(message.accepted_at, email_id) for email_id, message in existing.items())
            listed = {email_id: listed[email_id] for email_id in newest.keys() - existing.keys()}

    def _newest_first(self, email_id: int, since: str, until: str, broadcast: Collection[int]) -> Iterator[Position]:
        singles = self.messages.of_email(email_id, since, until)
        if email_id not in broadcast:
            return singles
        return merge(singles, self.of_broadcasts([email_id], since, until), reverse=True)
