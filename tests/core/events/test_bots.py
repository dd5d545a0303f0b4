from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.events import agents, bots
from functions.core.events.timeline import TimelineEventType

GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
GMAIL_PREFETCH = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
)
OUTLOOK = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0 OneOutlook/1.2024.1023.100"
)
YAHOO = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"
EDGE_12 = GMAIL_PREFETCH.removesuffix(" Mozilla/5.0")


def at(second: float) -> str:
    return f"2026-11-23T12:00:{second:06.3f}Z"


def opened(second: float, **detail: Any) -> dict[str, Any]:
    return {"kind": "OPENED", "at": at(second), **detail}


def clicked(second: float, link: str, **detail: Any) -> dict[str, Any]:
    return {"kind": "CLICKED", "at": at(second), "link": link, **detail}


DELIVERED = {"kind": "DELIVERED", "at": at(5)}


@pytest.mark.parametrize(
    ("agent", "machine"),
    [
        ("", False),
        ("Mozilla/5.0", True),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Thunderbird/142.0", False),
        (GMAIL, False),
        (GMAIL_PREFETCH, True),
        (EDGE_12, False),
        (YAHOO, False),
        ("Barracuda Sentinel (EE)", True),
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", True),
        ("python-requests/2.32", False),
        ("Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/80.0 Mobile Safari/537.36", False),
        ("Mozilla/5.0 (Linux; Android 5.1; CUBOT) AppleWebKit/537.36 Chrome/80.0 Mobile Safari/537.36", False),
        (OUTLOOK, False),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0.0.0 Safari/537.36", True),
        ("Mozilla/5.0 (compatible; MicrosoftPreview/2.0; +https://aka.ms/MicrosoftPreview)", True),
        ("Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5", True),
        ("Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ BingPreview/1.0b", True),
        ("Mozilla/5.0 (compatible; Google-Safety; +http://www.google.com/bot.html)", True),
        ("Mozilla/5.0 (compatible; Yahoo Link Preview; https://help.yahoo.com/kb/mail/)", True),
        ("WhatsApp/2.24", True),
    ],
)
def test_machines_that_name_themselves(agent: str, machine: bool) -> None:
    assert bool(bots.of([opened(9, agent=agent)])) is machine


@pytest.mark.parametrize(
    ("facts", "machines_at"),
    [
        ([opened(9, machine=True), opened(10)], [9]),
        ([opened(4.999), DELIVERED, opened(5)], [4.999]),
        ([opened(4)], []),
        ([DELIVERED, clicked(4, "a")], [4]),
        ([DELIVERED, clicked(10, "a"), clicked(12, "b")], [10, 12]),
        ([DELIVERED, clicked(10, "a"), clicked(12.001, "b")], []),
        ([DELIVERED, clicked(10, "a"), clicked(10.2, "a")], []),
        ([DELIVERED, clicked(10, "a"), clicked(11, "b"), clicked(30, "a")], [10, 11]),
        ([DELIVERED], []),
    ],
)
def test_machines_that_behave_unlike_people(facts: list[dict[str, Any]], machines_at: list[float]) -> None:
    """SES marks it; or it was before the delivery; or two links were followed within two seconds."""
    assert [fact["at"] for fact in bots.of(facts)] == [at(second) for second in machines_at]


@given(st.permutations([opened(4), DELIVERED, clicked(10, "a"), clicked(11, "b"), clicked(20, "a"), opened(30)]))
def test_the_order_of_stored_facts_does_not_matter(facts: list[dict[str, Any]]) -> None:
    assert sorted(fact["at"] for fact in bots.of(facts)) == [at(4), at(10), at(11)]


@pytest.mark.parametrize(
    ("agent", "device", "client"),
    [
        ("", "unknown", "other"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Thunderbird/142.0", "computer", "Thunderbird"),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.4266; Pro)", "computer", "Outlook"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)", "computer", "Apple Mail"),
        ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148", "mobile", "Apple Mail"),
        ("Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36", "mobile", "Chrome"),
        (GMAIL, "unknown", "Gmail"),
        (YAHOO, "unknown", "Yahoo Mail"),
        ("<script>alert(1)</script>", "unknown", "other"),
    ],
)  # fmt: skip
def test_devices_and_mail_clients(agent: str, device: str, client: str) -> None:
    assert agents.read(agent) == (device, client)


@given(st.text(max_size=400))
def test_any_user_agent_is_read_within_bounds(agent: str) -> None:
    device, client = agents.read(agent)
    assert device in {"computer", "mobile", "unknown"}
    assert 0 < len(client) <= agents.CLIENT_MAX
    assert client.isascii()


@given(
    st.lists(st.sampled_from(["Mozilla/5.0 ", "(", ")", "Android ", ";", " Build/", "a", "1.", "_", " "]), max_size=90)
)
def test_no_user_agent_takes_long_to_read(pieces: list[str]) -> None:
    """Hypothesis itself fails a case that takes more than 200 ms."""
    agents.read("".join(pieces)[:400])


def test_kinds_compare_with_what_is_stored() -> None:
    assert TimelineEventType.OPENED == "OPENED"


def test_the_new_outlook_and_gmails_prefetch_are_not_edge() -> None:
    assert agents.read(OUTLOOK) == ("computer", "Outlook")
    assert agents.read(GMAIL_PREFETCH) == ("unknown", "Gmail")
    assert agents.read(EDGE_12)[1] == "Edge"


def test_importing_the_rules_does_not_load_the_list() -> None:
    """The hot path imports the rules and does not use them."""
    code = "import sys; import functions.core.events.bots; sys.exit('crawleruseragents' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
