"""Who did something, as a person reads it: an address as it is, and what did it by itself in words. Steps store these names in English."""

from __future__ import annotations

from collections.abc import Callable

from functions.core.contacts.subscriptions.status import SPAM_REPORT
from functions.core.emails.pause import REPUTATION
from functions.core.sending.send import AUTOMATION
from functions.i18n.marks import N_
from functions.pages.message_pattern import read_pattern
from functions.steps.access.system_mails import SENDER
from functions.steps.contacts import import_contacts, unsubscribe
from functions.steps.tokens.reconcile import RECONCILER

ACTORS = {
    SPAM_REPORT: N_("a spam report"),
    unsubscribe.SOURCE: N_("the unsubscribe link"),
    REPUTATION: N_("Staffetta, for the reputation"),
    RECONCILER: N_("Staffetta's reconciliation of SMTP tokens"),
    SENDER: N_("the console"),
}
_NUMBERED = (
    (read_pattern(f"{import_contacts.SOURCE} %(id)s"), N_("import %(id)s")),
    (read_pattern(f"{AUTOMATION}%(id)s"), N_("automation %(id)s")),
)


def words_of(actor: str, gettext: Callable[[str], str]) -> str:
    if actor in ACTORS:
        return gettext(ACTORS[actor])
    for pattern, text in _NUMBERED:
        if (values := pattern.values(actor)) is not None:
            return gettext(text) % values
    return actor
