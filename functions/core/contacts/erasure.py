"""Anonymises the messages of an erased person. Only counts and deduplication remain, and no personal data.

An anonymised message counts exactly the same as before. `core.statistics.counters` reads that from the remaining facts: the device and
the mail client of a user agent, the page of a link, and whether a machine opened or clicked. The message takes no further facts.
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

_RETAINED = (
    "kind",
    "at",
    "type",
    "subtype",
    "status",
    "subscription",
    "shared",
)  # fields of a fact without personal data


def anonymous(message: Message) -> Message:
    """Returns the message without a person, with the same counts. Its sendId and SES's id remain, so neither is sent again."""
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
        content_batch="",
        # The old keys have hosts' addresses and links as short hashes, which a search of all values reveals.
        timeline={str(number): fact for number, fact in enumerate(facts)},
    )


def _anonymous(fact: Fact, machine: bool) -> dict[str, Any]:
    retained = {name: fact[name] for name in _RETAINED if name in fact}
    if fact["kind"] == TimelineEventType.BOUNCED and fact.get("response"):
        retained["response"] = "erased"  # that there was an answer distinguishes a bounce from an automatic reply
    if fact["kind"] in bots.BY_HAND:
        device, client = agents.of(fact)
        retained |= {"machine": machine, "device": device, "client": client}
    if fact["kind"] == TimelineEventType.CLICKED:
        page = links.page(fact)
        retained |= {"link": page, "page": page}
    return retained
