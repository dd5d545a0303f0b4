from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.events import sensitive_events
from functions.core.sending.tags import SENSITIVE_TAG
from tests.support.growth import is_linear

CODE, LINK = "482913", "https://acme.example/reset/p9Tz4LwKq8"
HEADERS = [{"name": "Subject", "value": f"{CODE} is your code"}, {"name": "X-Reset", "value": LINK}]


def an_event(**parts: Any) -> dict[str, Any]:
    common = {
        "from": [f"Acme {CODE} <no-reply@acme.example>"],
        "to": ["ada@example.net"],
        "subject": f"{CODE} is your code",
    }
    tags = {"staffetta_send": ["s-1"], SENSITIVE_TAG: ["true"]}
    mail = {"destination": ["ada@example.net"], "headers": HEADERS, "commonHeaders": common, "tags": tags}
    return {"eventType": "Bounce", "mail": mail, **parts}


def test_headers_and_the_subject_are_removed() -> None:
    left = sensitive_events.without_content(an_event())
    assert CODE not in str(left)
    assert LINK not in str(left)
    assert left["mail"]["commonHeaders"]["from"] == ["no-reply@acme.example"]
    assert left["mail"]["destination"] == left["mail"]["commonHeaders"]["to"] == ["ada@example.net"]


@pytest.mark.parametrize(
    "quoted", [LINK, f"({LINK})", f"..{LINK}", f"1{LINK}", "www.acme.example/reset/p9Tz4LwKq8", f"{CODE} is your code"]
)
def test_an_answer_that_quotes_the_mail_is_redacted(quoted: str) -> None:
    answer = f"554 5.7.1 blocked: {quoted}"
    event = an_event(
        bounce={"bouncedRecipients": [{"diagnosticCode": answer}]},
        delivery={"smtpResponse": answer},
        click={"link": quoted, "userAgent": "Bot (+https://bot.example/)"},
    )
    left = sensitive_events.without_content(event)
    assert CODE not in str(left)
    assert "p9Tz" not in str(left)
    assert left["delivery"]["smtpResponse"].startswith("554 5.7.1 blocked: ")
    assert "bot.example" in left["click"]["userAgent"]


def test_an_event_of_another_email_stays() -> None:
    event = an_event()
    del event["mail"]["tags"][SENSITIVE_TAG]
    assert sensitive_events.without_content(event) == event


def test_an_unreadable_event_of_a_sensitive_email_has_no_text() -> None:
    assert sensitive_events.unreadable('{"mail": {"tags": {"staffetta_sensitive": ["tr') == "redacted"
    assert sensitive_events.unreadable("{") == "{"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["mail", "tags", SENSITIVE_TAG, "link", "x"]), inner),
)  # fmt: skip


@given(JSON)
def test_any_json_is_accepted_and_twice_is_once(value: Any) -> None:
    left = sensitive_events.without_content(value)
    assert sensitive_events.without_content(left) == left


def test_a_long_answer_takes_no_longer_than_others() -> None:
    assert is_linear(lambda answer: sensitive_events.without_content(an_event(reason=answer)), "a.")
