"""Dead letters: sends and jobs of broadcasts that were given up; list them, and put them back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import PageVisit
from functions.steps.account.redrive import RedriveResult

LETTERS = "/console/dead-letters"
LETTERS_MAX = 50
REDRIVE_SECONDS = 15  # of a request: the list then shows what is left, to put back too
RESULTS = {
    RedriveResult.QUEUED: N_("back in the queue"),
    RedriveResult.DONE: N_("dropped, since nothing is left to send"),
    RedriveResult.UNSAFE: N_("kept, since SES may have taken them"),
    RedriveResult.UNREADABLE: N_("kept, since they cannot be read"),
}


def show_letters(visit: PageVisit) -> HtmlPage:
    """Reads both queues at once: SQS takes a second to answer that one is empty."""
    queues = (
        wiring.get(wiring.adapters.account.dead_letters),
        wiring.get(wiring.adapters.broadcasts.broadcast_dead_letters),
    )
    with ThreadPoolExecutor(len(queues)) as threads:
        sends, jobs = threads.map(lambda queue: queue.peek(LETTERS_MAX), queues)
    return visit.page("account/dead_letters.html", sends=sends, jobs=jobs)


def confirm_redrive(visit: PageVisit) -> HtmlPage:
    return visit.confirm(
        visit.gettext("Put the dead letters back?"),
        visit.gettext(
            "First remove the cause of their failure, or they come back. Mail that SES may have taken already stays here, so no person gets "
            "it twice."
        ),
        visit.gettext("Put them back"),
        LETTERS,
        danger=False,
    )


def redrive(visit: PageVisit) -> HtmlPage:
    until = wiring.container().clock() + REDRIVE_SECONDS
    counted = wiring.get(wiring.account.redrive)(visit.actor, until)
    jobs = wiring.get(wiring.broadcasts.redrive_broadcasts)(visit.actor, until)
    detail = {str(result): count for result, count in counted.items()}
    if jobs:
        detail["jobs of broadcasts, back in their queue"] = jobs
    if detail:
        wiring.get(wiring.access.audit_log)(AuditAction.SENDS_REDRIVEN, visit.actor, "dead letters", **detail)
    counted[RedriveResult.QUEUED] += jobs
    parts = [f"{visit.number(count)} {visit.gettext(RESULTS[result])}" for result, count in counted.items() if count]
    return visit.redirect(LETTERS, "; ".join(parts) or visit.gettext("There are no dead letters."))


PAGES = (
    get(LETTERS, show_letters, ACCOUNT, menu=(MenuGroup.SETTINGS, N_("Dead letters"))),
    get(f"{LETTERS}/redrive", confirm_redrive, ACCOUNT),
    post(f"{LETTERS}/redrive", redrive, ACCOUNT, back=show_letters),
)
