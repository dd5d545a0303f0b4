"""The words of pages for subscription types: the built-in one in the visitor's language, and the others as their author wrote them."""

from __future__ import annotations

from functions.core.contacts.subscriptions.subscription import BUILT_IN
from functions.i18n.marks import N_
from functions.pages.visit import PageVisit

TEXTS = (
    N_("Transactional"),
    N_("Mail that follows from a person's own action: receipts, password resets, changes of an account."),
)


def text_of(visit: PageVisit, type_id: str, text: str) -> str:
    """Returns a text of a type: its name, description or purpose."""
    return visit.gettext(text) if type_id == BUILT_IN.id else text
