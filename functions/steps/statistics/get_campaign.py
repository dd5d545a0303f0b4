"""Gets an email or an SMTP token by its campaign id, with its counters since it exists."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from functions.core.emails.email import Email
from functions.core.errors import NotFound
from functions.ports.emails import Emails
from functions.steps.statistics.read_statistics import ReadStatistics


class Campaign(Struct, frozen=True):
    email: Email
    counters: Mapping[str, int]


class GetCampaign(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    emails: Emails
    statistics: ReadStatistics

    def __call__(self, campaign_id: int) -> Campaign:
        """Raises NotFound."""
        email = self.emails.get(campaign_id)
        if email is None:
            raise NotFound(f"there is no email campaign {campaign_id}")
        return Campaign(email, self.statistics.totals([campaign_id]).get(campaign_id, {}))
