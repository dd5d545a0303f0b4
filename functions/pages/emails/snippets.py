"""The ready code with which programs send an email."""

from __future__ import annotations

from functions import wiring
from functions.core.emails.email import Subcategory
from functions.core.emails.send_snippets import PROGRAMS, SendCall
from functions.http.responses import HtmlPage
from functions.pages.emails.email_page import EMAIL, READ, Tab, content_of, editor, email_of, email_page
from functions.pages.page import get
from functions.pages.visit import PageVisit

PROGRAM_NAMES = {"curl": "curl", "python": "Python", "node": "Node.js", "php": "PHP"}


def show_snippets(visit: PageVisit) -> HtmlPage:
    email = email_of(visit)
    sample = content_of(editor().draft(email.id)).sample
    call = SendCall(
        host=wiring.container().settings.public_url,
        email_id=email.id,
        transactional=email.subcategory is not Subcategory.MARKETING_SINGLE_SEND_API,
        contact=sample.contact,
        custom=sample.custom,
    )
    snippets = [(PROGRAM_NAMES[program], call.snippet(program)) for program in PROGRAMS]
    is_api = email.subcategory in {Subcategory.SINGLE_SEND_API, Subcategory.MARKETING_SINGLE_SEND_API}
    return email_page(visit, "emails/snippets.html", email, Tab.WRITE, snippets=snippets, call=call, is_api=is_api)


PAGES = (get(f"{EMAIL}/code", show_snippets, *READ),)
