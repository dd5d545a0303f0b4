"""Statistics on the wire: counters → HubSpot's EmailStatisticsData, and what it has no words for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from msgspec import Struct, field

from functions import wiring
from functions.core import timestamps
from functions.core.errors import FieldError, Rejected
from functions.core.statistics import latency, links, periods
from functions.core.statistics.periods import Interval
from functions.core.statistics.ratios import NAMES, RATIOS, ratios
from functions.ports.statistics import EmailCounters
from functions.routes.http.dispatch import Operation, Request
from functions.routes.statistics import models as shapes
from functions.steps.statistics.read_statistics import total

EMAIL_ID_DIGITS = 19
EMAIL_IDS_MAX = 200  # in one request
_EARLIEST, _LATEST = (
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(3000, 1, 1, tzinfo=UTC),
)  # nothing was, or will be, sent beyond
_DEVICES = ("computer", "mobile")
_PERCENTILES = (0.5, 0.9, 0.99)

View = TypeVar("View")


def get_email_statistics(request: Request) -> dict[str, Any]:
    """Totals of the sends that were accepted within the span, in whole hours (UTC): of the emails named, or of all."""
    asked = _read(request.query)
    found = wiring.get(wiring.adapters.counters).by_email(asked.since, asked.until, asked.email_ids)
    return {
        "aggregate": data_view(_together(found).counters, asked.properties),
        "campaignAggregations": {str(one.email_id): data_view(one.counters, asked.properties) for one in found},
        "emails": [one.email_id for one in found],
    }


def get_email_histogram(request: Request) -> dict[str, Any]:
    """The same over time, one result for each interval of the span."""
    asked = _read(request.query, _interval)
    bars = wiring.get(wiring.statistics.histogram)(
        Interval(request.query["interval"].upper()), asked.start, asked.end, asked.email_ids
    )
    results = [
        {"interval": {"start": _text(bar.begin), "end": _text(bar.end)}, "aggregations": data_view(bar.counters)}
        for bar in bars
    ]
    return {"total": len(results), "results": results}


def get_link_statistics(request: Request) -> shapes.LinkList:
    """The click map: which links of an email were followed how often, in whole days (UTC)."""
    asked = _read(request.query)
    found = wiring.get(wiring.statistics.read_statistics).links(asked.since, asked.until, asked.email_ids)
    return shapes.LinkList([shapes.EmailLinks(email_id, _links(counts)) for email_id, counts in found.items()])


def get_latency_statistics(request: Request) -> shapes.LatencyList:
    aggregate, emails = _by_email(request, _latency)
    return shapes.LatencyList(aggregate, emails)


def get_statistics_breakdown(request: Request) -> shapes.BreakdownList:
    aggregate, emails = _by_email(request, _breakdown)
    return shapes.BreakdownList(aggregate, emails)


def get_tag_statistics(request: Request) -> dict[str, Any]:
    asked = _read(request.query)
    found = wiring.get(wiring.statistics.read_statistics).by_tag(asked.since, asked.until)
    return {"tags": {tag: data_view(counters) for tag, counters in found.items()}}


OPERATIONS: dict[str, Operation] = {
    "get_email_statistics": get_email_statistics,
    "get_email_histogram": get_email_histogram,
    "get_link_statistics": get_link_statistics,
    "get_latency_statistics": get_latency_statistics,
    "get_statistics_breakdown": get_statistics_breakdown,
    "get_tag_statistics": get_tag_statistics,
}


def data_view(counted: Mapping[str, int], properties: Sequence[str] = ()) -> dict[str, Any]:
    """All four parts, with the counters and ratios that were asked for, or with all of them."""
    shown = frozenset(properties or (*NAMES, *RATIOS))
    return {
        "counters": {name: counted.get(name, 0) for name in NAMES if name in shown},
        "ratios": {name: share for name, share in ratios(counted).items() if name in shown},
        "deviceBreakdown": {
            "open_device_type": _devices("open", counted),
            "click_device_type": _devices("click", counted),
        },
        "qualifierStats": {},
    }


def _devices(name: str, counted: Mapping[str, int]) -> dict[str, int]:
    known = {device: counted.get(f"{name}:{device}", 0) for device in _DEVICES}
    return {**known, "unknown": counted.get(name, 0) - sum(known.values())}


def _links(counts: Counter[str]) -> list[shapes.LinkStatistics]:
    urls = {name.partition(" ")[2] for name in counts}
    found = [shapes.LinkStatistics(url, *(counts[f"{name} {url}"] for name in links.NAMES)) for url in urls]
    return sorted(found, key=lambda link: (-link.click, -link.clicks, link.url))


def _by_email(request: Request, view: Callable[[EmailCounters], View]) -> tuple[View, dict[str, View]]:
    asked = _read(request.query)
    found = wiring.get(wiring.adapters.counters).by_email(asked.since, asked.until, asked.email_ids)
    return view(_together(found)), {str(one.email_id): view(one) for one in found}


def _together(found: Sequence[EmailCounters]) -> EmailCounters:
    rules: frozenset[int] = frozenset()
    return EmailCounters(0, total(one.counters for one in found), rules.union(*(one.rules for one in found)))


def _latency(email: EmailCounters) -> shapes.Latency:
    return shapes.Latency(*(_stage(_named(email.counters, f"{stage}:")) for stage in latency.STAGES))


def _stage(named: Mapping[str, int]) -> shapes.LatencyPercentiles:
    counted = {int(number): count for number, count in named.items()}
    return shapes.LatencyPercentiles(sum(counted.values()), *latency.percentiles(counted, _PERCENTILES))


def _breakdown(email: EmailCounters) -> shapes.Breakdown:
    counted = Counter(email.counters)
    return shapes.Breakdown(
        opens=counted["opens"],
        clicks=counted["clicks"],
        machine_open=counted["machineopen"],
        machine_opens=counted["machineopens"],
        machine_click=counted["machineclick"],
        machine_clicks=counted["machineclicks"],
        rejected=counted["rejected"],
        delayed=counted["delayed"],
        not_sent=_named(counted, "notsent:"),
        clients=_named(counted, "client:"),
        rules_versions=sorted(email.rules),
    )


def _named(counted: Mapping[str, int], family: str) -> dict[str, int]:
    """The counters of a family, the largest first, without the zeros."""
    found = {
        name.removeprefix(family): number for name, number in counted.items() if name.startswith(family) and number
    }
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


class _StatisticsQuery(Struct, frozen=True):
    """A span and what it is about. Its end is not part of it."""

    start: datetime | None
    end: datetime | None
    email_ids: tuple[int, ...] = ()
    properties: tuple[str, ...] = field(default=())

    @property
    def since(self) -> str:
        """The span in whole hours, both included."""
        return timestamps.hour(_text(self.start)) if self.start else periods.FIRST

    @property
    def until(self) -> str:
        if self.end is None:
            return periods.LAST
        last = max(self.end.timestamp() - 0.001, self.start.timestamp() if self.start else 0)
        return timestamps.hour(timestamps.iso(last))


class _StatisticsParser:
    """Reads a query, and notes every fault."""

    def __init__(self, query: Mapping[str, str]) -> None:
        self.query = query
        self.faults: list[FieldError] = []

    def words(self, name: str) -> list[str]:
        return [word for text in self.query.get(name, "").split(",") if (word := text.strip())]

    def tell(self, where: str, message: str) -> None:
        self.faults.append(FieldError(where, message))


def _read(query: Mapping[str, str], *more: Callable[[_StatisticsParser], None]) -> _StatisticsQuery:
    """Raises Rejected that tells every fault."""
    reader = _StatisticsParser(query)
    start, end = _instant(reader, "startTimestamp"), _instant(reader, "endTimestamp")
    if start and end and start > end:
        reader.tell("endTimestamp", "is before startTimestamp")
    asked = _StatisticsQuery(start, end, _email_ids(reader), _properties(reader))
    for read in more:
        read(reader)
    if reader.faults:
        raise Rejected(reader.faults)
    return asked


def _instant(reader: _StatisticsParser, name: str) -> datetime | None:
    text = reader.query.get(name)
    if not text:
        return None
    try:
        return min(max(periods.moment(text), _EARLIEST), _LATEST)
    except (ValueError, OverflowError):
        reader.tell(name, f"must be an ISO-8601 instant like 2026-01-31T00:00:00Z, not {text!r}")
        return None


def _email_ids(reader: _StatisticsParser) -> tuple[int, ...]:
    email_ids = []
    for word in reader.words("emailIds"):
        if word.isdecimal() and len(word) <= EMAIL_ID_DIGITS:
            email_ids.append(int(word))
        else:
            reader.tell("emailIds", f"must be numbers of emails, not {word!r}")
    if len(email_ids) > EMAIL_IDS_MAX:
        reader.tell("emailIds", f"are {len(email_ids)}; at most {EMAIL_IDS_MAX} can be asked for at once")
    return tuple(dict.fromkeys(email_ids))


def _properties(reader: _StatisticsParser) -> tuple[str, ...]:
    """Names of counters and ratios, with or without the word that they stand under."""
    names = [word.removeprefix("counters.").removeprefix("ratios.") for word in reader.words("property")]
    for name in names:
        if name not in NAMES and name not in RATIOS:
            reader.tell("property", f"must be one of {', '.join((*NAMES, *RATIOS))}, not {name!r}")
    return tuple(names)


def _interval(reader: _StatisticsParser) -> None:
    text = reader.query.get("interval", "")
    if text.upper() not in set(Interval):
        reader.tell("interval", f"must be one of {', '.join(Interval)}, not {text!r}")


def _text(at: datetime) -> str:
    return timestamps.iso(at.timestamp())
