"""Counters are a pure function of messages: what one message counts for follows from its stored state alone, so a change of the
message changes the counters by the difference, and all of them can be computed again at any time.

HubSpot's names are in core.statistics.ratios; beside them we count:

machineopen, machineclick         messages that a machine opened, or whose links it followed (see core.events.machines); people's are apart
opens, clicks, machineopens, ...  every single time, not once per message
rejected, delayed                 by SES, underway
notsent:<SendResult>              why it was not sent
open:<device>, click:<device>     on which device a person first did: computer, mobile, unknown
client:<name>                     with which mail client a person first opened it
accept:<n>, delivery:<n>, arrival:<n>
                                  how long it took until SES had it, from there to the recipient's host, and both together: core.statistics.latency
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from functions.core import timestamps
from functions.core.events import agents, bots
from functions.core.events.delivery import SUPPRESSED_SUBTYPES, spam_report
from functions.core.events.timeline import TimelineEventType
from functions.core.sending.send import Message, State
from functions.core.statistics import latency, links
from functions.core.statistics.latency import ACCEPT, ARRIVAL, DELIVERY

Fact = Mapping[str, Any]

_PENDING = frozenset({State.QUEUED, State.SENDING})
_DROPPED = frozenset({State.REFUSED, State.FAILED})
_NOT_SENT = _DROPPED | {State.CANCELED}


def of(message: Message | None) -> Counter[str]:
    """What one message counts for, without the zeros. One that does not exist counts for nothing, nor does a test mail."""
    if message is None or message.is_test:
        return Counter()
    facts = list(message.timeline.values())
    counted = {**_attempt(message), **_answers(facts), **_readers(facts), **_latencies(message, facts)}
    return Counter({name: number for name, number in counted.items() if number})


def _attempt(message: Message) -> dict[str, int]:
    state = message.state
    counted = {
        "selected": 1,
        "sent": int(state is State.SENT),
        "pending": int(state in _PENDING),
        "notsent": int(state in _NOT_SENT),
        "dropped": int(state in _DROPPED),
    }
    if state in _NOT_SENT and message.result:
        counted[f"notsent:{message.result}"] = 1
    return counted


def _answers(facts: Sequence[Fact]) -> dict[str, int]:
    """What SES and the recipient's host made of it. A spam report shows as an unsubscribe event too."""
    kinds = {fact["kind"] for fact in facts}
    if not kinds:
        return {}
    bounces = [fact for fact in facts if fact["kind"] == TimelineEventType.BOUNCED]
    permanent = any(bounce.get("type") == "Permanent" for bounce in bounces)
    complained = any(spam_report(fact) for fact in facts)
    unsubscribed = complained or TimelineEventType.UNSUBSCRIBED in kinds
    told = {
        "rejected": TimelineEventType.REJECTED in kinds,
        "delayed": TimelineEventType.DELAYED in kinds,
        "delivered": TimelineEventType.DELIVERED in kinds,
        "bounce": bool(bounces),
        "hardbounced": permanent,
        "softbounced": bool(bounces) and not permanent,
        "suppressed": any(fact.get("subtype") in SUPPRESSED_SUBTYPES for fact in facts),
        "spamreport": complained,
        "unsubscribed": unsubscribed,
        "contactslost": unsubscribed or permanent,
    }
    # Named only where it is so: `dropped` is of the attempt as well.
    return {name: 1 for name, true in told.items() if true} | ({"dropped": 1} if told["rejected"] else {})


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
    """Of mail that we accepted: over SMTP, SES itself did. A send for later is accepted when it is due."""
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
    at = min((fact["at"] for fact in facts if fact["kind"] == kind), default=None)
    return None if at is None else timestamps.parse(at)


def change(before: Message | None, after: Message | None) -> dict[str, int]:
    """What a change of a message adds to the counters (negative where it takes away), without the zeros."""
    return difference(of(before), of(after))


def link_change(before: Message | None, after: Message | None) -> dict[str, int]:
    """The same for the counters of its links."""
    return difference(links.of(before), links.of(after))


def difference(old: Mapping[str, int], new: Mapping[str, int]) -> dict[str, int]:
    names = {*new, *old}
    return {name: new.get(name, 0) - old.get(name, 0) for name in names if new.get(name, 0) != old.get(name, 0)}
