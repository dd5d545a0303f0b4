"""Who did something, in the visitor's language."""

from __future__ import annotations

import pytest

from functions.core.contacts.subscriptions.status import SPAM_REPORT
from functions.core.emails.pause import REPUTATION
from functions.core.sending.send import AUTOMATION
from functions.i18n.catalogs import catalog
from functions.pages.actor_words import words_of
from functions.steps.access.system_mails import SENDER
from functions.steps.contacts import import_contacts, unsubscribe
from functions.steps.tokens.reconcile import RECONCILER


@pytest.mark.parametrize(
    ("actor", "words"),
    [
        (SPAM_REPORT, "una segnalazione di spam"),
        (unsubscribe.SOURCE, "il link di disiscrizione"),
        (f"{import_contacts.SOURCE} 17", "importazione 17"),
        (REPUTATION, "Staffetta, per la reputazione"),
        (RECONCILER, "la riconciliazione dei token SMTP di Staffetta"),
        (SENDER, "la console"),
        (f"{AUTOMATION}7", "automazione 7"),
        ("ada@example.com", "ada@example.com"),
        ("important@example.com", "important@example.com"),
    ],
)
def test_what_acts_by_itself_is_named_in_words(actor: str, words: str) -> None:
    assert words_of(actor, catalog("it").gettext) == words
