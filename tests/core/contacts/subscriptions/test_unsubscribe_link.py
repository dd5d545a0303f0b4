"""The secret of a link is found and removed however a text quotes the link."""

from __future__ import annotations

import json
from urllib.parse import quote
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.contacts.subscriptions import unsubscribe_link
from functions.core.contacts.subscriptions.unsubscribe_link import UnsubscribeLink
from functions.core.sending.send import MessageKey

SECRET = "Yk3_-" + "aZ9" * 12 + "xy"
URL = UnsubscribeLink(MessageKey("00000000-0000-5000-8000-000000000001", 49), SECRET).url("https://api.example.com/x")


@pytest.mark.parametrize(
    "text",
    [
        URL,
        f"<{URL}>, <mailto:leave@example.com>",
        URL + "?all=true",
        "https://count.example/?to=" + quote(URL, safe=""),
        "https://count.example/?to=" + quote(quote(URL, safe=""), safe=""),
        json.dumps({"link": URL}).replace("/", "\\/"),
        URL[:-9],
        URL.upper(),
        URL.partition("/unsubscribe/")[2],
    ],
)
def test_a_quoted_link_has_no_secret_left(text: str) -> None:
    redacted = unsubscribe_link.redacted(text)
    assert SECRET[:30].lower() not in redacted.lower()
    assert unsubscribe_link.is_in(text)
    assert unsubscribe_link.is_in(redacted)
    assert unsubscribe_link.redacted(redacted) == redacted


@given(st.uuids(), st.integers(0, 49), st.binary(min_size=32, max_size=32), st.text(), st.text(alphabet=" \n>\"'<&?#/"))
def test_the_text_around_a_link_stays(send_id: UUID, number: int, octets: bytes, before: str, after: str) -> None:
    secret = octets.hex()
    url = UnsubscribeLink(MessageKey(str(send_id), number), secret).url("https://api.example.com")
    assert unsubscribe_link.redacted(f"{before}{url}{after}") == before + url.replace(secret, "redacted") + after


@pytest.mark.parametrize("text", ["https://shop.example/unsubscribe", "/unsubscribe/{link}", "a.1.b", "1.2.3", ""])
def test_other_texts_stay(text: str) -> None:
    assert not unsubscribe_link.is_in(text)
    assert unsubscribe_link.redacted(text) == text
