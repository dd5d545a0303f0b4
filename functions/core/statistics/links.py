"""The click map: the counters of one message by its links. They are as pure as core.statistics.counters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from functions.core.events import bots
from functions.core.events.timeline import TimelineEventType
from functions.core.sending.send import Message

# The counters of a link: messages in which a person followed it, and every click of a person or a machine.
NAMES = ("click", "clicks", "machineclicks")
LINK_MAX = 200  # characters


def of(message: Message | None) -> Counter[str]:
    """Returns `<counter> <link>` for each link that was followed in one message. `click` counts once per link and message."""
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
    """Returns the page that a click led to: the link's pattern in the template if its page differs by recipient. An anonymised message
    stores only the page.
    """
    return str(fact["page"]) if "page" in fact else plain(fact.get("link", ""))


def plain(link: str) -> str:
    """Returns a link without its personal parts (user, query, fragment): counters stay for ever, and many people see them."""
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return "unreadable"
    return f"{parts.scheme}://{host}{parts.path}"[:LINK_MAX] if host else f"{parts.scheme}:"[:LINK_MAX]
