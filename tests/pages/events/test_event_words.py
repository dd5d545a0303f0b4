"""The sentences of a message's story in Italian."""

from __future__ import annotations

import ast
import inspect
import re

import pytest

from functions.core.access.roles import Role
from functions.core.events import mail_headers, message_history, ses_events, status_codes
from functions.core.events.message_history import MessageOutcome
from functions.core.events.timeline import TimelineEventType
from functions.pages.events.event_words import DETAILS, KINDS, OUTCOMES, PATTERNS, REASONS, SENTENCES
from functions.steps.contacts import unsubscribe
from functions.wiring import Container
from tests.support.console import room_examples
from tests.support.console.people import signed_in
from tests.support.console.room_examples import MESSAGE


def test_every_event_and_outcome_has_a_word() -> None:
    assert set(KINDS) == set(TimelineEventType)
    assert set(OUTCOMES) == set(MessageOutcome)


FACTS: list[dict[str, str]] = [
    *(
        {"kind": TimelineEventType.BOUNCED, "type": type_, "subtype": subtype}
        for type_ in ("Permanent", "Transient", "Undetermined")
        for subtype in ("", *message_history._SUBTYPES, *message_history._SUPPRESSED)
    ),
    *(
        {"kind": TimelineEventType.BOUNCED, "type": "Permanent", "status": f"5.{subject}.{detail}"}
        for subject, detail in status_codes._MEANING
    ),
    {"kind": TimelineEventType.BOUNCED, "type": "Transient", "status": "4.2.2"},
    *({"kind": TimelineEventType.DELAYED, "type": type_} for type_ in ("", *message_history._DELAYS)),
    {"kind": TimelineEventType.DELAYED, "until": "2026-11-23T12:00:00.000Z"},
    {"kind": TimelineEventType.DELAYED, "response": "451 try later. It is 100% full"},
    {"kind": TimelineEventType.DELAYED, "until": "2026-11-23T12:00:00.000Z", "response": "451 try later"},
    {"kind": TimelineEventType.REJECTED},
    {"kind": TimelineEventType.CLICKED, "link": "https://example.com/?a=%20b"},
    {"kind": TimelineEventType.UNSUBSCRIBED, "subscription": "News"},
]


@pytest.mark.parametrize("fact", FACTS, ids=str)
def test_every_sentence_of_core_is_in_the_catalogue(fact: dict[str, str]) -> None:
    sentence = message_history.description(fact)
    assert sentence in SENTENCES or any(values_of(pattern, sentence) is not None for pattern in PATTERNS)


@pytest.mark.parametrize(
    "fact", [fact for fact in FACTS if fact["kind"] in {TimelineEventType.BOUNCED, TimelineEventType.DELAYED}], ids=str
)
def test_every_reason_of_core_is_in_the_catalogue(fact: dict[str, str]) -> None:
    sentence = message_history.description(fact)
    matched = [values for pattern in PATTERNS if (values := values_of(pattern, sentence)) is not None]
    assert sentence in SENTENCES or matched[0]["why"] in REASONS


def values_of(pattern: str, sentence: str) -> dict[str, str] | None:
    names = re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+)", re.escape(pattern))
    match = re.fullmatch(names, sentence)
    return match.groupdict() if match else None


def test_every_fact_of_an_event_has_a_label() -> None:
    """ses_events and unsubscribe.py write them."""
    source = inspect.getsource(ses_events) + inspect.getsource(mail_headers.of) + inspect.getsource(unsubscribe)
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    by_keyword = {one.arg for node in calls if ast.unparse(node.func) == "_present" for one in node.keywords}
    by_key = set(re.findall(r'"(\w+)": (?:clipped|next|SEPARATOR|link|pattern|left|part)', source))
    assert {"response", "agent", "subject", "replyTo", "link", "page", "subscription"} <= by_keyword | by_key
    assert by_keyword | by_key <= {*DETAILS, "machine"}


def test_a_sentence_with_values_is_translated(aws: Container) -> None:
    room_examples.prepare(aws)
    browser = signed_in(Role.ADMINISTRATOR)
    browser.submit("/console/you", language="it", zone="Europe/Rome")
    page = browser.get("/console/messages/s-refused/0")
    assert "Non è stato inviato: " in page.text


def test_a_story_is_in_the_language_of_its_reader(aws: Container) -> None:
    room_examples.prepare(aws)
    browser = signed_in(Role.ADMINISTRATOR)
    assert "Delivered The recipient's mail server accepted the mail." in browser.get(MESSAGE).text
    browser.submit("/console/you", language="it", zone="Europe/Rome")
    page = browser.get(MESSAGE)
    assert "Il messaggio è stato consegnato." in page.text
    assert "Il server di posta del destinatario ha accettato il messaggio." in page.text
    assert 'lang="en"' not in page.html
