"""The blocks of the draft for the visual view: each change is a request, and its answer is the new source with its tree. Nothing is stored."""

from __future__ import annotations

from functions import wiring
from functions.core.access.scopes import CONTENT
from functions.core.errors import Rejected
from functions.http.responses import HtmlPage
from functions.pages.emails.email_page import EMAIL, content_of, editor, email_id, syntax_of
from functions.pages.emails.write import show_visual
from functions.pages.page import post
from functions.pages.visit import BAD_REQUEST, PageVisit


def edit(visit: PageVisit) -> HtmlPage:
    """Answers a script with the source after the change, and its blocks."""
    draft = content_of(editor().draft(email_id(visit)))
    try:
        edited = wiring.get(wiring.emails.edit_blocks)(
            visit.text("body"),
            syntax_of(visit, draft.source.syntax),
            draft.sample,
            request=visit.text("operation"),
            original=draft.source.body if visit.value("language") in draft.variants else None,
        )
    except Rejected as refusal:
        errors = [{"where": error.field, "message": visit.error_message(error.message)} for error in refusal.errors]
        return visit.json({"errors": errors}, BAD_REQUEST)
    return visit.json(
        {"body": edited.body, "path": edited.path, "document": edited.view.document, "chips": edited.view.chips}
    )


PAGES = (post(f"{EMAIL}/blocks", edit, CONTENT, back=show_visual),)
