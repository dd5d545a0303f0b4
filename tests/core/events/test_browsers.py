"""HubSpot's `browser`: each of its fields, for the programs that people read mail with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.events import browsers

THUNDERBIRD = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Thunderbird/142.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.71 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
SAFARI = f"{IPHONE.replace('Mobile', 'Version/17.1 Mobile')} Safari/604.1"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
NEW_OUTLOOK = f"{CHROME} Edg/120.0.2210.61 OneOutlook/1.2023"


@pytest.mark.parametrize(
    ("agent", "name", "kind", "version", "producer"),
    [
        (THUNDERBIRD, "Thunderbird", "Email client", ("142.0",), "Mozilla Foundation"),
        (CHROME, "Chrome", "Browser", ("120.0.6099",), "Google Inc."),
        (SAFARI, "Mobile Safari", "Mobile Browser", ("17.1",), "Apple Inc."),
        (IPHONE, "Apple Mail", "Email client", (), "Apple Inc."),
        (GMAIL, "Gmail", "Email client", (), "Google Inc."),
        (NEW_OUTLOOK, "Outlook", "Email client", (), "Microsoft Corporation."),
        ("curl/8.5.0", "curl", "unknown", ("8.5.0",), ""),
        ("", "other", "unknown", (), ""),
    ],
)
def test_common_programs_have_every_field(
    agent: str, name: str, kind: str, version: tuple[str, ...], producer: str
) -> None:
    browser = browsers.of({"agent": agent})
    assert (browser.name, browser.family, browser.type) == (name, name, kind)
    assert (browser.version, browser.producer) == (version, producer)
    assert bool(browser.url) == bool(browser.producer_url) == bool(producer)


def test_an_anonymised_fact_keeps_its_program() -> None:
    browser = browsers.of({"device": "computer", "client": "Thunderbird"})
    assert (browser.name, browser.version) == ("Thunderbird", ())


@given(st.text())
def test_any_agent_has_a_bounded_browser(agent: str) -> None:
    browser = browsers.of({"agent": agent})
    assert 0 < len(browser.name) <= 40
    assert all(len(version) <= browsers.VERSION_MAX for version in browser.version)
