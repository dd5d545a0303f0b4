"""What is left of a person who asked to be forgotten: what has to be counted and kept from being sent twice, and nothing of their own.

An erased message counts exactly what it counted before, which `core.statistics.counters` reads from what is kept here: of a user agent the device
and the mail client, of a link the page, of opens and clicks whether a machine made them. It takes no more facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from functions.core.events import agents, bots
from functions.core.events.timeline import TimelineEventType
from functions.core.sending.send import ERASED, Message
from functions.core.statistics import links

Fact = Mapping[str, Any]

_KEPT = ("kind", "at", "type", "subtype", "status", "subscription", "shared")  # of a fact: none of it is a person's own


def anonymous(message: Message) -> Message:
    """The message as nobody's, counting what it counted. Its sendId still names it, and SES's id: neither is sent again."""
    timeline = list(message.timeline.values())
    by_machines = bots.of(timeline)
    facts = [_anonymous(fact, any(fact is one for one in by_machines)) for fact in timeline]
    return replace(
        message,
        address=ERASED,
        digest="",
        reason="",
        failed_attempts=tuple(replace(one, reason="") for one in message.failed_attempts),
        unsubscribe_id="",
        # Their keys hold hosts' addresses and links as short hashes: whoever tries them all reads them.
        timeline={str(number): fact for number, fact in enumerate(facts)},
    )


def _anonymous(fact: Fact, machine: bool) -> dict[str, Any]:
    kept = {name: fact[name] for name in _KEPT if name in fact}
    if fact["kind"] in bots.BY_HAND:
        device, client = agents.of(fact)
        kept |= {"machine": machine, "device": device, "client": client}
    if fact["kind"] == TimelineEventType.CLICKED:
        page = links.page(fact)
        kept |= {"link": page, "page": page}
    return kept
