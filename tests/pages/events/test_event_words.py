"""The sentences of a message's story in Italian."""

from __future__ import annotations

from functions.core.access.roles import Role
from functions.core.events.message_history import MessageOutcome
from functions.core.events.timeline import TimelineEventType
from functions.pages.events.event_words import KINDS, OUTCOMES
from functions.wiring import Container
from tests.support.console import room_examples
from tests.support.console.people import signed_in
from tests.support.console.room_examples import MESSAGE


def test_every_event_and_outcome_has_a_word() -> None:
    assert set(KINDS) == set(TimelineEventType)
    assert set(OUTCOMES) == set(MessageOutcome)


def test_a_story_is_in_the_language_of_its_reader(aws: Container) -> None:
    room_examples.prepare(aws)
    browser = signed_in(Role.ADMINISTRATOR)
    assert "Delivered The recipient's mail server accepted the mail." in browser.get(MESSAGE).text
    browser.submit("/console/you", language="it", zone="Europe/Rome")
    page = browser.get(MESSAGE)
    assert "Il messaggio è stato consegnato." in page.text
    assert "Il server di posta del destinatario ha accettato il messaggio." in page.text
