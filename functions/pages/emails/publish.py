"""Publish an email, and choose what sends it: programs, automations, or a broadcast to lists."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from functions.core.access.scopes import CONTENT
from functions.core.emails.email import Subcategory
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.emails.email_page import (
    EMAIL,
    PUBLISHED,
    TRANSACTIONAL_TO_LISTS,
    Tab,
    content_of,
    editor,
    email_id,
    email_of,
    explained_conflict,
    path_of,
    publish_draft,
)
from functions.pages.emails.write import show_code
from functions.pages.page import get, post
from functions.pages.visit import PageVisit


class Purpose(Struct, frozen=True, kw_only=True):
    """What sends an email. Its confirmation states what the choice does; confirmed, it publishes the draft for it."""

    subcategory: Callable[[int], Subcategory]  # of an email's id
    title: str
    text: str
    button: str
    back: Tab  # for a person who does not confirm
    notice: str
    then: str  # the page of the email that shows the notice
    warning: str = ""  # if the draft is transactional

    def confirm(self, visit: PageVisit) -> HtmlPage:
        email = email_of(visit)
        text = visit.gettext(self.text, name=email.name)
        if self.warning and content_of(editor().draft(email.id)).transactional:
            text = f"{text} {visit.gettext(self.warning)}"
        button = visit.gettext(self.button)
        return visit.confirm(visit.gettext(self.title), text, button, path_of(email.id, self.back), danger=False)

    def publish(self, visit: PageVisit) -> HtmlPage:
        number = email_id(visit)
        publish_draft(visit, {"subcategory": str(self.subcategory(number))})
        return visit.redirect(path_of(number, self.then), visit.gettext(self.notice))


def _for_programs(number: int) -> Subcategory:
    transactional = content_of(editor().draft(number)).transactional
    return Subcategory.SINGLE_SEND_API if transactional else Subcategory.MARKETING_SINGLE_SEND_API


PROGRAMS = Purpose(
    subcategory=_for_programs,
    title=N_("Convert to single-send API?"),
    text=N_(
        "The draft of “%(name)s” is published, and programs send it with its id. The next page shows the id and ready code."
    ),
    button=N_("Publish for the API"),
    back=Tab.WRITE,
    notice=N_("The email is published for the API."),
    then="code",
)
AUTOMATIONS = Purpose(
    subcategory=lambda _: Subcategory.AUTOMATED,
    title=N_("Use in automations?"),
    text=N_(
        "The draft of “%(name)s” is published, and automations can send it. Programs can no longer send it with its id."
    ),
    button=N_("Publish for automations"),
    back=Tab.WRITE,
    notice=N_("The email is published: choose it in a step of an automation."),
    then=Tab.WRITE,
)
LISTS = Purpose(
    subcategory=lambda _: Subcategory.BATCH,
    title=N_("Use this email for lists?"),
    text=N_(
        "The draft of “%(name)s” is published, and can be sent to lists. Programs can no longer send it with its id: clone it "
        "first if they still need it."
    ),
    button=N_("Publish for lists"),
    back=Tab.SEND,
    notice=N_("The email is published for lists. Choose its recipients."),
    then=Tab.SEND,
    warning=TRANSACTIONAL_TO_LISTS,
)


def publish(visit: PageVisit) -> HtmlPage:
    """A page with a form of the draft publishes that: see write.py and settings.py."""
    with explained_conflict(visit):
        publish_draft(visit)
    return visit.redirect(path_of(email_id(visit), Tab.WRITE), visit.gettext(PUBLISHED))


PAGES = (
    post(f"{EMAIL}/publish", publish, CONTENT, back=show_code),
    get(f"{EMAIL}/convert", PROGRAMS.confirm, CONTENT),
    post(f"{EMAIL}/convert", PROGRAMS.publish, CONTENT, back=show_code),
    get(f"{EMAIL}/automation", AUTOMATIONS.confirm, CONTENT),
    post(f"{EMAIL}/automation", AUTOMATIONS.publish, CONTENT, back=show_code),
    get(f"{EMAIL}/lists", LISTS.confirm, CONTENT),
    post(f"{EMAIL}/lists", LISTS.publish, CONTENT, back=LISTS.confirm),
)
