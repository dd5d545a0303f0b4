"""Statistics: counters are read, and rebuilt from the archive of events."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from functions.wiring.adapters.emails import emails
from functions.wiring.adapters.events import event_archive
from functions.wiring.adapters.sending import listings, message_index, sends
from functions.wiring.adapters.statistics import counters, counting_lag
from functions.wiring.events import list_broadcast_messages, record_events

if TYPE_CHECKING:
    from functions.steps.statistics.get_campaign import GetCampaign
    from functions.steps.statistics.histogram import Histogram
    from functions.steps.statistics.list_campaigns import ListCampaigns
    from functions.steps.statistics.read_statistics import ReadStatistics
    from functions.steps.statistics.rebuild import RebuildCounters
    from functions.steps.statistics.rebuild_listings import RebuildListings
    from functions.wiring.container import Container


def read_statistics(c: Container) -> ReadStatistics:
    from functions.steps.statistics.read_statistics import ReadStatistics

    return ReadStatistics(c.get(counters))


def histogram(c: Container) -> Histogram:
    from functions.steps.statistics.histogram import Histogram

    return Histogram(
        metrics=c.get(counters), messages=c.get(message_index), of_broadcasts=c.get(list_broadcast_messages)
    )


def get_campaign(c: Container) -> GetCampaign:
    from functions.steps.statistics.get_campaign import GetCampaign

    return GetCampaign(emails=c.get(emails), statistics=c.get(read_statistics))


def list_campaigns(c: Container) -> ListCampaigns:
    from functions.steps.statistics.list_campaigns import ListCampaigns

    return ListCampaigns(
        emails=c.get(emails),
        counters=c.get(counters),
        messages=c.get(message_index),
        of_broadcasts=c.get(list_broadcast_messages),
        clock=c.clock,
    )


def rebuild_listings(c: Container) -> RebuildListings:
    from functions.steps.statistics.rebuild_listings import RebuildListings

    return RebuildListings(
        accepted=c.get(message_index).accepted,
        messages=c.get(message_index),
        listings=c.get(listings),
        clock=c.clock,
    )


def rebuild_counters(c: Container) -> RebuildCounters:
    from functions.steps.statistics.rebuild import RebuildCounters

    return RebuildCounters(
        accepted=c.get(message_index).accepted,
        sends=c.get(sends),
        events=c.get(event_archive),
        recording=c.get(record_events),
        metrics=c.get(counters),
        clock=c.clock,
        lag=c.get(counting_lag),
        sleep=time.sleep,
        retention_days=c.settings.retention_days,
    )
