"""User agents → the reader's device and mail client, by ua-parser's rules. Visitors choose their agent, so both names have a bounded size."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

COMPUTER, MOBILE, UNKNOWN = "computer", "mobile", "unknown"
CLIENT_MAX = 40  # characters of a client's name
OTHER = "other"

_MOBILE = frozenset({"Android", "iOS", "iPadOS", "HarmonyOS", "Windows Phone", "BlackBerry OS", "KaiOS", "Tizen"})
_COMPUTER = frozenset({"Windows", "Mac OS X", "Linux", "Ubuntu", "Fedora", "Debian", "Chrome OS", "FreeBSD", "OpenBSD"})
# Proxies in the name of a mail service: the device behind them is unknown.
_PROXIES = {"GmailImageProxy": "Gmail", "YahooMailProxy": "Yahoo Mail"}
# iPhones and iPads read mail in a bare web view.
_CLIENTS = {**_PROXIES, "Mobile Safari UI/WKWebView": "Apple Mail"}
_GMAIL_PREFETCH = "Edge/12.246 Mozilla/5.0"
_NAME = re.compile(r"[^A-Za-z0-9 ._+/-]")


def of(fact: Mapping[str, Any]) -> tuple[str, str]:
    """Returns the device and client of an open or a click. An anonymised fact has them in place of the agent."""
    return (fact["device"], fact["client"]) if "device" in fact else read(fact.get("agent", ""))


@functools.lru_cache(4096)
def read(agent: str) -> tuple[str, str]:
    """A user agent → (device: computer, mobile or unknown; mail client or browser, or `other`)."""
    if agent.endswith(_GMAIL_PREFETCH):
        return UNKNOWN, "Gmail"
    from ua_parser import parse  # noqa: PLC0415 - its rules take a fifth of a cold start, and few requests have an agent

    agent_info = parse(agent)
    family = agent_info.user_agent.family if agent_info.user_agent else OTHER
    system = agent_info.os.family if agent_info.os else ""
    if "OneOutlook/" in agent:
        family = "Outlook"  # the new Outlook, which is an Edge inside
    return _device(family, system), _NAME.sub("", _CLIENTS.get(family, family))[:CLIENT_MAX].strip() or OTHER


def _device(family: str, system: str) -> str:
    if family in _PROXIES:
        return UNKNOWN
    if system in _MOBILE:
        return MOBILE
    return COMPUTER if system in _COMPUTER else UNKNOWN
