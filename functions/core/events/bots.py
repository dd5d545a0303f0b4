"""People and machines: which opens and clicks of a message a machine made. Privacy proxies load every picture, scanners follow every link.

A pure rule over one message's facts, so a fact that comes late (a delivery, a second click) judges anew what came before it.
RULES_VERSION rises with every change of what these rules say: it is kept beside the counters, and tells which of them to count anew.

Apple's Mail Privacy Protection calls itself just `Mozilla/5.0` and loads the pictures of every mail, read or not: a machine. Gmail's app
prefetches as an ancient Edge that ends in a second `Mozilla/5.0`: a machine. GoogleImageProxy and YahooMailProxy load pictures when
their reader opens the mail: a person, whose device they hide. HTTP libraries are no sign: test suites open mail with them as people.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from functions.core import timestamps
from functions.core.events.timeline import TimelineEventType

RULES_VERSION = 1
BURST_SECONDS = 2  # nobody follows two different links of a mail within it

Fact = Mapping[str, Any]

BY_HAND = frozenset({TimelineEventType.OPENED, TimelineEventType.CLICKED})
# Compiled on first use: the hot path imports this page, and asks it nothing.
_AGENT = (
    r"\AMozilla/5\.0\Z|Edge/12\.246 Mozilla/5\.0\Z"
    r"|bot\b|crawler|spider|scanner|barracuda|mimecast|proofpoint|symantec|cloudmark|fortiguard|trendmicro|urlscan|safelinks"
    r"|whatsapp|slackbot|facebookexternalhit|telegrambot"
)


def of(facts: Sequence[Fact]) -> list[Fact]:
    """The opens and clicks among a message's facts that machines made."""
    ours = [fact for fact in facts if fact["kind"] in BY_HAND]
    if not ours:
        return []
    delivered = min((fact["at"] for fact in facts if fact["kind"] == TimelineEventType.DELIVERED), default="")
    in_bursts = _bursts([fact for fact in ours if fact["kind"] == TimelineEventType.CLICKED])
    return [fact for fact in ours if _told(fact) or fact["at"] < delivered or id(fact) in in_bursts]


def _told(fact: Fact) -> bool:
    """By SES (`isBotEvent`: Likely), or by its own name."""
    return bool(fact.get("machine")) or _names_itself(fact.get("agent", ""))


@functools.lru_cache(4096)
def _names_itself(agent: str) -> bool:
    return re.search(_AGENT, agent, re.IGNORECASE) is not None


def _bursts(clicks: Sequence[Fact]) -> set[int]:
    """The identities (id) of clicks that have a click on another link within two seconds. A double click is on the same one."""
    if len(clicks) < 2:  # noqa: PLR2004 - two make a burst
        return set()
    timed = [(timestamps.parse(click["at"]), click) for click in clicks]
    return {
        id(one)
        for at, one in timed
        if any(abs(at - then) <= BURST_SECONDS and one.get("link") != other.get("link") for then, other in timed)
    }
