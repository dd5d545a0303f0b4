"""The click map: what one message counts for by the links that were followed in it, as pure as core.statistics.counters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from functions.core.events import bots
from functions.core.events.timeline import TimelineEventType
from functions.core.sending.send import Message

# Of one link: messages in which a person followed it, and every time that a person or a machine did.
NAMES = ("click", "clicks", "machineclicks")
LINK_MAX = 200  # characters


def of(message: Message | None) -> Counter[str]:
    """`<counter> <link>` of each link that was followed in one message. A person counts once for a link, machines each time."""
    if message is None or message.is_test:
        return Counter()
    facts = list(message.timeline.values())
    clicks = [fact for fact in facts if fact["kind"] == TimelineEventType.CLICKED]
    if not clicks:
        return Counter()
    by_machines = bots.of(facts)
    counted: Counter[str] = Counter()
    for fact in clicks:
        link = page(fact)
        if any(fact is one for one in by_machines):
            counted[f"machineclicks {link}"] += 1
        else:
            counted[f"click {link}"] = 1
            counted[f"clicks {link}"] += 1
    return counted


def page(fact: Mapping[str, Any]) -> str:
    """Which page a click led to. Of an erased message that alone is kept."""
    return str(fact["page"]) if "page" in fact else plain(fact.get("link", ""))


def plain(link: str) -> str:
    """A link without what may be a reader's own (user, query, fragment): counters are kept for ever and shown to many."""
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return "unreadable"
    return f"{parts.scheme}://{host}{parts.path}"[:LINK_MAX] if host else f"{parts.scheme}:"[:LINK_MAX]
