"""Counters → HubSpot's EmailStatisticsData, and our own statistics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from functions.core.statistics import latency, links
from functions.core.statistics.families import members
from functions.core.statistics.ratios import NAMES, RATIOS, ratios
from functions.ports.statistics import EmailCounters
from functions.routes.statistics import models
from functions.steps.statistics.read_statistics import total

_DEVICES = ("computer", "mobile")


def data_view(counted: Mapping[str, int], properties: Sequence[str] | None = None) -> dict[str, Any]:
    """Always has all four parts. `properties`: the counters and ratios in it; default: all."""
    selected = frozenset(properties or (*NAMES, *RATIOS))
    return {
        "counters": {name: counted.get(name, 0) for name in NAMES if name in selected},
        "ratios": {name: share for name, share in ratios(counted).items() if name in selected},
        "deviceBreakdown": {
            "open_device_type": _devices("open", counted),
            "click_device_type": _devices("click", counted),
        },
        "qualifierStats": {},
    }


def _devices(name: str, counted: Mapping[str, int]) -> dict[str, int]:
    by_device = {device: counted.get(f"{name}:{device}", 0) for device in _DEVICES}
    return {**by_device, "unknown": counted.get(name, 0) - sum(by_device.values())}


def links_view(counts: Counter[str]) -> list[models.LinkStatistics]:
    urls = {name.partition(" ")[2] for name in counts}
    results = [models.LinkStatistics(url, *(counts[f"{name} {url}"] for name in links.NAMES)) for url in urls]
    return sorted(results, key=lambda link: (-link.click, -link.clicks, link.url))


def summed(emails: Sequence[EmailCounters]) -> EmailCounters:
    rules: frozenset[int] = frozenset()
    return EmailCounters(0, total(email.counters for email in emails), rules.union(*(email.rules for email in emails)))


def latency_view(email: EmailCounters) -> models.Latency:
    return models.Latency(*(_stage(members(email.counters, f"{stage}:")) for stage in latency.STAGES))


def _stage(named: Mapping[str, int]) -> models.LatencyPercentiles:
    counted = {int(number): count for number, count in named.items()}
    return models.LatencyPercentiles(sum(counted.values()), **latency.percentiles(counted))


def breakdown_view(email: EmailCounters) -> models.Breakdown:
    counted = Counter(email.counters)
    return models.Breakdown(
        opens=counted["opens"],
        clicks=counted["clicks"],
        machine_open=counted["machineopen"],
        machine_opens=counted["machineopens"],
        machine_click=counted["machineclick"],
        machine_clicks=counted["machineclicks"],
        rejected=counted["rejected"],
        delayed=counted["delayed"],
        not_sent=members(counted, "notsent:"),
        clients=members(counted, "client:"),
        rules_versions=sorted(email.rules),
    )
