"""Statistics on the wire: counters → HubSpot's EmailStatisticsData."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from functions.core import counters, instants
from functions.core.errors import Fault, Rejected
from functions.routes.http import Operation, Request
from functions.wiring import wired

EMAIL_ID_DIGITS = 19
_FIRST_HOUR, _LAST_HOUR = "0000", "9999"


def statistics_list(request: Request) -> dict[str, Any]:
    """Totals of the sends that were accepted within the span, in whole hours (UTC): of the emails named, or of all."""
    since, until, email_ids = _read(request.query)
    found = wired().metrics.by_email(since, until, email_ids)
    total: Counter[str] = Counter()
    for email in found:
        total.update(email.counters)
    return {
        "aggregate": data_view(total),
        "campaignAggregations": {str(email.email_id): data_view(email.counters) for email in found},
        "emails": [email.email_id for email in found],
    }


OPERATIONS: dict[str, Operation] = {"statistics_list": statistics_list}


def data_view(counted: Mapping[str, int]) -> dict[str, Any]:
    return {
        "counters": {name: counted.get(name, 0) for name in counters.NAMES},
        "ratios": counters.ratios(counted),
        "deviceBreakdown": {
            "open_device_type": _devices(counted.get("open", 0)),
            "click_device_type": _devices(counted.get("click", 0)),
        },
        "qualifierStats": {},
    }


def _devices(number: int) -> dict[str, int]:
    return {"computer": 0, "mobile": 0, "unknown": number}


def _read(query: Mapping[str, str]) -> tuple[str, str, list[int]]:
    faults: list[Fault] = []
    since = _hour(query, "startTimestamp", _FIRST_HOUR, faults)
    until = _hour(query, "endTimestamp", _LAST_HOUR, faults)
    email_ids = []
    for text in filter(None, query.get("emailIds", "").split(",")):
        if text.strip().isdecimal() and len(text.strip()) <= EMAIL_ID_DIGITS:
            email_ids.append(int(text))
        else:
            faults.append(Fault("emailIds", f"must be numbers of emails, not {text!r}"))
    if since > until:
        faults.append(Fault("endTimestamp", "is before startTimestamp"))
    if faults:
        raise Rejected(faults)
    return since, until, list(dict.fromkeys(email_ids))


def _hour(query: Mapping[str, str], name: str, default: str, faults: list[Fault]) -> str:
    text = query.get(name)
    if not text:
        return default
    try:
        return instants.hour(instants.normalized(text))
    except ValueError:
        faults.append(Fault(name, f"must be an ISO-8601 instant like 2026-01-31T00:00:00Z, not {text!r}"))
        return default
