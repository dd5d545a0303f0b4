"""A form that creates something creates it once, however often it is sent: by the browser's back button, or by a second press.

The page gives the form an id (`ui.once()`), which stays with it while errors are corrected. The same content again leads to what was
created. Other content creates another one. In a form that a person works on for long it may be meant as a change of the first one
(`confirms`): so it is shown again with a new id, and storing it is a choice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from functions import wiring
from functions.core import ids
from functions.core.errors import Conflict, NotFound, Rejected
from functions.http.responses import HtmlPage
from functions.pages.visit import SEE_OTHER, PageVisit

if TYPE_CHECKING:
    from functions.ports.access import SentForm

DAYS = 2
_DAY = 86_400
_OF_PAGE = {"csrf", "form"}  # fields that the page fills in

View = Callable[[PageVisit], HtmlPage]


class CreatedBefore(Conflict):
    """`path`: of what the form created, or empty if it has none."""

    def __init__(self, message: str, path: str) -> None:
        self.path = path
        super().__init__(message)


def once(view: View, created: str = "", *, confirms: bool = False) -> View:
    """Returns the view of a form that creates. Its answer is a redirect to what it created. Another answer is the form with one more row,
    or a secret that is shown one time only: then `created` is where a repeat leads. Raises CreatedBefore.
    """

    def create(visit: PageVisit) -> HtmlPage:
        if not visit.value("form"):
            return view(visit)
        content = _content(visit)
        form_id = ids.secret_id(" ".join([visit.actor.name, visit.value("form"), *([] if confirms else [content])]))
        forms = wiring.get(wiring.adapters.access.sent_forms)
        before = forms.claim(form_id, content, int(wiring.container().clock()) + DAYS * _DAY)
        if before:
            return _repeat(visit, before, content)
        try:
            answer = view(visit)
        except (Rejected, NotFound, Conflict):
            forms.release(form_id)
            raise
        result = answer.headers["location"] if answer.status == SEE_OTHER else created
        forms.finish(form_id, result) if result else forms.release(form_id)
        return answer

    return create


def _repeat(visit: PageVisit, before: SentForm, content: str) -> HtmlPage:
    if before.result and before.content == content:
        return visit.redirect(before.result, visit.gettext("This form was stored before. Here is what it created."))
    raise CreatedBefore(
        visit.gettext("This form was stored before. To create another one with what is below, store it again."),
        before.result,
    )


def _content(visit: PageVisit) -> str:
    """Returns a hash of what the person entered."""
    names = sorted(visit.fields().keys() - _OF_PAGE)
    return ids.secret_id(msgspec.json.encode([(name, visit.values(name)) for name in names]).decode())
