"""What is told of all this."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from functions.adapters.sending.messages_by_email import DynamoAccepted
from functions.steps.events.get_message import Explanation
from functions.steps.events.list_email_events import EmailEvents
from functions.steps.events.search_messages import Search
from functions.steps.statistics.histogram import Chart
from functions.steps.statistics.read_statistics import Statistics

if TYPE_CHECKING:
    from functions.wiring import Wiring


class Reports:
    def __init__(self, wired: Wiring) -> None:
        self.wired = wired

    @cached_property
    def statistics(self) -> Statistics:
        return Statistics(self.wired.metrics)

    @cached_property
    def chart(self) -> Chart:
        return Chart(
            metrics=self.wired.metrics,
            accepted=DynamoAccepted(self.wired.clients.dynamodb, self.wired.settings.sends_table),
        )

    @cached_property
    def search(self) -> Search:
        return Search(
            listings=self.wired.listings,
            metrics=self.wired.metrics,
            clock=self.wired.clock,
            retention_days=self.wired.settings.retention_days,
        )

    @cached_property
    def email_events(self) -> EmailEvents:
        return EmailEvents(search=self.search, listings=self.wired.listings, metrics=self.wired.metrics)

    @cached_property
    def explanation(self) -> Explanation:
        return Explanation(
            sends=self.wired.sends,
            api_keys=self.wired.api_keys,
            tokens=self.wired.smtp_tokens,
            emails=self.wired.emails,
        )
