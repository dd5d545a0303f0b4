"""Detects the opens and clicks of machines. Privacy proxies load every picture, and scanners follow every link.

It is a pure rule over one message's facts, so a late fact (a delivery, a second click) can change the result for earlier ones.
RULES_VERSION rises with every change of these rules. The counters store it, so it shows which of them to recompute.

Apple's Mail Privacy Protection has the agent `Mozilla/5.0` only, and loads the pictures of every mail, read or not: a machine. Gmail's app
prefetches as an ancient Edge that ends in a second `Mozilla/5.0`: a machine. The image proxies of mail services load pictures when their
reader opens the mail: a person, whose device they hide. HTTP libraries do not count as machines: test suites open mail with them as people.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from functions.core import timestamps
from functions.core.events.timeline import TimelineEventType

RULES_VERSION = 3
BURST_SECONDS = 2  # a person does not follow two different links of a mail within it

Fact = Mapping[str, Any]

BY_HAND = frozenset({TimelineEventType.OPENED, TimelineEventType.CLICKED})
# Compiled on first use: the hot path imports this module, and does not use it. CUBOT is a maker of phones.
_AGENT = (
    r"\AMozilla/5\.0\Z|Edge/12\.246 Mozilla/5\.0\Z|compatible;(?! ?MSIE)[^()]*https?:"
    r"|(?<!\bcu)bot\b|crawl|spider|scan|monitor|fetcher|preview|validat|thumbnail|analy[sz]|probe|inspect|checker|archiv|research|survey"
    r"|barracuda|mimecast|proofpoint|symantec|cloudmark|fortiguard|trendmicro|safelinks"
)
# The list has these as previews and crawlers: image proxies of mail services, Sogou's browser and Viber's window.
_OF_PEOPLE = r"(?:Google|\b)ImageProxy|[Mm]ailProxy|ukr\.net proxy|Sogou(?:M|Search Android)|Safari/[\d.]+ Viber/"
# The maker of a phone chooses its model and its build, and some are called XBot, Sonic or Spider.
_PHONE = r"(?i)\((?:Linux; )?(?:U; )?(?:Android|Adr)\b(?![^()]*bot[/-])[^()]*\)"
_HTTP_LIBRARY = "http-library"  # the tag of crawler-user-agents


def of(facts: Sequence[Fact]) -> list[Fact]:
    """Returns the opens and clicks of machines among a message's facts."""
    ours = [fact for fact in facts if fact["kind"] in BY_HAND]
    if not ours:
        return []
    delivered = min((fact["at"] for fact in facts if fact["kind"] == TimelineEventType.DELIVERED), default="")
    in_bursts = _bursts([fact for fact in ours if fact["kind"] == TimelineEventType.CLICKED])
    return [fact for fact in ours if _is_marked(fact) or fact["at"] < delivered or id(fact) in in_bursts]


def _is_marked(fact: Fact) -> bool:
    """Returns whether SES marks it (`isBotEvent`: Likely), or the agent names a machine."""
    return bool(fact.get("machine")) or _names_itself(fact.get("agent", ""))


@functools.lru_cache(4096)
def _names_itself(agent: str) -> bool:
    return not re.search(_OF_PEOPLE, agent) and _is_listed(re.sub(_PHONE, "", agent))


@functools.lru_cache(4096)
def _is_listed(agent: str) -> bool:
    """Takes an agent without its phone. Many phones then have the same agent."""
    return re.search(_AGENT, agent, re.IGNORECASE) is not None or _crawlers().search(agent) is not None


@functools.cache
def _crawlers() -> re.Pattern[str]:
    """Returns the machines of crawler-user-agents, without its HTTP libraries. The hot path does not load the list."""
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA  # noqa: PLC0415 - importing it reads the whole list

    listed = (one["pattern"] for one in CRAWLER_USER_AGENTS_DATA if _HTTP_LIBRARY not in one.get("tags", ()))
    return re.compile("|".join(f"(?:{pattern})" for pattern in listed))


def _bursts(clicks: Sequence[Fact]) -> set[int]:
    """Returns the identities (id) of clicks with a click on another link within two seconds. A double click is on the same link."""
    if len(clicks) < 2:  # noqa: PLR2004 - two make a burst
        return set()
    timed = [(timestamps.parse(click["at"]), click) for click in clicks]
    return {
        id(one)
        for at, one in timed
        if any(abs(at - then) <= BURST_SECONDS and one.get("link") != other.get("link") for then, other in timed)
    }
