"""User agents → HubSpot's `browser` of an event: the reader's program, its kind, its version and its maker.

The words of the kinds are HubSpot's. ua-parser has names and versions, but no makers, so the common programs have theirs here.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from functions.core.events import agents

VERSION_MAX = 40  # characters: visitors choose their agents


class Browser(Struct, frozen=True, kw_only=True):
    """Unknown texts are empty, and an unknown version is an empty list."""

    name: str
    family: str
    type: str
    version: tuple[str, ...]
    producer: str
    producer_url: str
    url: str


class _Program(Struct, frozen=True):
    type: str
    producer: str
    producer_url: str
    url: str


_EMAIL, _BROWSER, _MOBILE, _UNKNOWN = "Email client", "Browser", "Mobile Browser", "unknown"
_APPLE = ("Apple Inc.", "https://www.apple.com/")
_GOOGLE = ("Google Inc.", "https://www.google.com/")
_MICROSOFT = ("Microsoft Corporation.", "https://www.microsoft.com/")
_MOZILLA = ("Mozilla Foundation", "https://www.mozilla.org/")
_OPERA = ("Opera Software ASA.", "https://www.opera.com/")
_SAMSUNG = ("Samsung Group", "https://www.samsung.com/")
_YAHOO = ("Yahoo! Inc.", "https://www.yahoo.com/")
_PROGRAMS = {
    "Apple Mail": _Program(_EMAIL, *_APPLE, "https://support.apple.com/mail"),
    "Gmail": _Program(_EMAIL, *_GOOGLE, "https://mail.google.com/"),
    "MacOutlook": _Program(_EMAIL, *_MICROSOFT, "https://www.microsoft.com/outlook"),
    "Outlook": _Program(_EMAIL, *_MICROSOFT, "https://www.microsoft.com/outlook"),
    "Thunderbird": _Program(_EMAIL, *_MOZILLA, "https://www.thunderbird.net/"),
    "Windows Live Mail": _Program(_EMAIL, *_MICROSOFT, "https://www.microsoft.com/"),
    "Yahoo Mail": _Program(_EMAIL, *_YAHOO, "https://mail.yahoo.com/"),
    "Chrome": _Program(_BROWSER, *_GOOGLE, "https://www.google.com/chrome/"),
    "Edge": _Program(_BROWSER, *_MICROSOFT, "https://www.microsoft.com/edge"),
    "Firefox": _Program(_BROWSER, *_MOZILLA, "https://www.mozilla.org/firefox/"),
    "IE": _Program(_BROWSER, *_MICROSOFT, "https://www.microsoft.com/"),
    "Opera": _Program(_BROWSER, *_OPERA, "https://www.opera.com/"),
    "Safari": _Program(_BROWSER, *_APPLE, "https://www.apple.com/safari/"),
    "Chrome Mobile": _Program(_MOBILE, *_GOOGLE, "https://www.google.com/chrome/"),
    "Chrome Mobile iOS": _Program(_MOBILE, *_GOOGLE, "https://www.google.com/chrome/"),
    "Edge Mobile": _Program(_MOBILE, *_MICROSOFT, "https://www.microsoft.com/edge"),
    "Firefox Mobile": _Program(_MOBILE, *_MOZILLA, "https://www.mozilla.org/firefox/"),
    "Firefox iOS": _Program(_MOBILE, *_MOZILLA, "https://www.mozilla.org/firefox/"),
    "Mobile Safari": _Program(_MOBILE, *_APPLE, "https://www.apple.com/safari/"),
    "Opera Mobile": _Program(_MOBILE, *_OPERA, "https://www.opera.com/"),
    "Samsung Internet": _Program(_MOBILE, *_SAMSUNG, "https://www.samsung.com/"),
}
_OTHER = _Program(_UNKNOWN, "", "", "")


def of(fact: Mapping[str, Any]) -> Browser:
    """Returns the browser of an open or a click. An anonymised fact has the program's name in place of the agent."""
    _, name = agents.of(fact)
    program = _PROGRAMS.get(name) or _outlook(name) or _OTHER
    return Browser(
        name=name,
        family=name,
        type=program.type,
        version=_version(fact.get("agent", ""), name),
        producer=program.producer,
        producer_url=program.producer_url,
        url=program.url,
    )


def _outlook(name: str) -> _Program | None:
    """ua-parser names Outlook with its year: `Outlook 2016`."""
    return _PROGRAMS["Outlook"] if name.startswith("Outlook") else None


@functools.lru_cache(4096)
def _version(agent: str, name: str) -> tuple[str, ...]:
    """A mail client in a browser's web view has no version of its own."""
    from ua_parser import parse  # noqa: PLC0415 - as in agents

    program = parse(agent).user_agent
    parts = (program.major, program.minor, program.patch) if program and program.family == name else ()
    version = ".".join(part for part in parts if part)[:VERSION_MAX]
    return (version,) if version else ()
