"""Counters are a pure function of messages. A message's counts follow from its stored state only, so a change of the message changes
the counters by the difference. All counters can be recomputed at any time.

HubSpot's names are in core.statistics.ratios. Besides them we count:

machineopen, machineclick         messages that a machine opened, or whose links it followed (see core.events.bots); people's are apart
opens, clicks, machineopens, ...  every time, not once per message
listbounced                       hard bounces by the account's own suppression list: SES leaves them out of the bounce rate
rejected, delayed                 messages that SES rejected or delayed
notsent:<SendResult>              why it was not sent
open:<device>, click:<device>     the device of a person's first open or click: computer, mobile, unknown
client:<name>                     the mail client of a person's first open
accept:<n>, delivery:<n>, arrival:<n>
                                  how long it took until SES had it, from there to the recipient's host, and both together: core.statistics.latency
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from functions.core import timestamps
from functions.core.events import agents, bots
from functions.core.events.delivery_status import (
    OWN_LIST_SUBTYPES,
    SUPPRESSED_SUBTYPES,
    bounces,
    shared_spam_report,
    spam_report,
)
from functions.core.events.timeline import TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending.send import Message, State
from functions.core.statistics import latency, links
from functions.core.statistics.latency import ACCEPT, ARRIVAL, DELIVERY

Fact = Mapping[str, Any]

_PENDING = frozenset({State.QUEUED, State.SENDING})
_DROPPED = frozenset({State.REFUSED, State.FAILED})
_NOT_SENT = _DROPPED | {State.CANCELED}


def of(message: Message | None) -> Counter[str]:
    """Returns the nonzero counts of one message. A missing message and a test send count nothing."""
    return Counter(_of(message))


def _of(message: Message | None) -> Mapping[str, int]:
    """Before the first answer of SES, the counts follow from the state. Most changes are of these messages."""
    if message is None or message.is_test:
        return {}
    attempt = _attempt(message.state, message.result)
    if not message.timeline:
        return attempt
    facts = list(message.timeline.values())
    counted = {**attempt, **_answers(facts), **_readers(facts), **_latencies(message, facts)}
    return {name: number for name, number in counted.items() if number}


@functools.cache
def _attempt(state: State, result: SendResult | None) -> Mapping[str, int]:
    counted = {
        "selected": 1,
        "sent": int(state is State.SENT),
        "pending": int(state in _PENDING),
        "notsent": int(state in _NOT_SENT),
        "dropped": int(state in _DROPPED),
        f"notsent:{result}": int(state in _NOT_SENT and result is not None),
    }
    return MappingProxyType({name: number for name, number in counted.items() if number})


def _answers(facts: Sequence[Fact]) -> dict[str, int]:
    """Counts the results of SES and of the recipient's host. A spam report counts as an unsubscription too, if it is certain whose it is."""
    kinds = {fact["kind"] for fact in facts}
    if not kinds:
        return {}
    bounced = bounces(facts) if TimelineEventType.BOUNCED in kinds else []
    hard = [bounce for bounce in bounced if bounce.get("type") == "Permanent"]
    complaints = TimelineEventType.COMPLAINED in kinds
    complained = complaints and any(spam_report(fact) for fact in facts)
    unsubscribed = complained or TimelineEventType.UNSUBSCRIBED in kinds
    flags = {
        "rejected": TimelineEventType.REJECTED in kinds,
        "delayed": TimelineEventType.DELAYED in kinds,
        "delivered": TimelineEventType.DELIVERED in kinds and not bounced,
        "bounce": bool(bounced),
        "hardbounced": bool(hard),
        "softbounced": bool(bounced) and not hard,
        "listbounced": bool(hard) and all(bounce.get("subtype") in OWN_LIST_SUBTYPES for bounce in hard),
        "suppressed": any(fact.get("subtype") in SUPPRESSED_SUBTYPES for fact in facts),
        "spamreport": complained or (complaints and any(shared_spam_report(fact) for fact in facts)),
        "unsubscribed": unsubscribed,
        "contactslost": unsubscribed or bool(hard),
    }
    # Only true ones are named: the attempt may have set `dropped` as well.
    return {name: 1 for name, true in flags.items() if true} | ({"dropped": 1} if flags["rejected"] else {})


def _readers(facts: Sequence[Fact]) -> dict[str, int]:
    if not any(fact["kind"] in bots.BY_HAND for fact in facts):
        return {}
    by_machines = bots.of(facts)
    people = [fact for fact in facts if not any(fact is one for one in by_machines)]
    return {
        **_reading(TimelineEventType.OPENED, "open", people, by_machines),
        **_reading(TimelineEventType.CLICKED, "click", people, by_machines),
    }


def _reading(kind: TimelineEventType, name: str, people: Sequence[Fact], by_machines: Sequence[Fact]) -> dict[str, int]:
    ours = [fact for fact in people if fact["kind"] == kind]
    theirs = sum(fact["kind"] == kind for fact in by_machines)
    counted = {
        f"machine{name}": int(theirs > 0),
        f"machine{name}s": theirs,
        name: int(bool(ours)),
        f"{name}s": len(ours),
    }
    if ours:
        _, device, client = min((str(fact["at"]), *agents.of(fact)) for fact in ours)
        counted[f"{name}:{device}"] = 1
        if kind is TimelineEventType.OPENED:
            counted[f"client:{client}"] = 1
    return counted


def _latencies(message: Message, facts: Sequence[Fact]) -> dict[str, int]:
    """Counts latencies. Mail over SMTP has no accept of ours. A scheduled send begins when it is due."""
    sent, delivered = _first(facts, TimelineEventType.SENT), _first(facts, TimelineEventType.DELIVERED)
    counted = {}
    accepted = timestamps.parse(message.due_at or message.accepted_at) if message.attempts and sent else None
    if accepted is not None and sent:
        counted[f"{ACCEPT}:{latency.bucket(sent - accepted)}"] = 1
    if sent and delivered:
        counted[f"{DELIVERY}:{latency.bucket(delivered - sent)}"] = 1
    if accepted is not None and delivered:
        counted[f"{ARRIVAL}:{latency.bucket(delivered - accepted)}"] = 1
    return counted


def _first(facts: Iterable[Fact], kind: TimelineEventType) -> float | None:
    times = [fact["at"] for fact in facts if fact["kind"] == kind]
    return timestamps.parse(min(times)) if times else None


def change(before: Message | None, after: Message | None) -> dict[str, int]:
    """Returns the nonzero differences that a change of a message makes to the counters."""
    return difference(_of(before), _of(after))


def link_change(before: Message | None, after: Message | None) -> dict[str, int]:
    """Returns the nonzero differences that a change of a message makes to the counters of its links."""
    if not _has_timeline(before) and not _has_timeline(after):
        return {}
    return difference(links.of(before), links.of(after))


def _has_timeline(message: Message | None) -> bool:
    return message is not None and bool(message.timeline)


def difference(old: Mapping[str, int], new: Mapping[str, int]) -> dict[str, int]:
    if new == old:
        return {}
    names = {*new, *old}
    return {name: new.get(name, 0) - old.get(name, 0) for name in names if new.get(name, 0) != old.get(name, 0)}
