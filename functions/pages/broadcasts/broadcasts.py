"""Broadcasts: what runs and what ran, how far each is, and its report."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import CONTENT, MARKETING_EMAIL, REPORTS, TRANSACTIONAL_EMAIL
from functions.core.broadcasts.broadcast import Broadcast, PageOutcome, audit_detail
from functions.core.broadcasts.lifecycle import FINAL, SENDS, STARTABLE, BroadcastState
from functions.core.csv_table import rows_to_csv
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.downloads import download
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import PageVisit
from functions.steps.broadcasts.edit_broadcasts import SENDING, BroadcastEditor
from functions.steps.broadcasts.report import HEADINGS

BROADCASTS = "/console/broadcasts"
READ = (MARKETING_EMAIL, TRANSACTIONAL_EMAIL, CONTENT, REPORTS)
PAGE = 50
PART_PAGES = 20  # of a report: a response has 6 MB at most
REASON_MAX = 200


def states(visit: PageVisit) -> dict[BroadcastState, str]:
    """Returns the word of each state."""
    return {
        BroadcastState.DRAFT: visit.pgettext("broadcast", "Draft"),
        BroadcastState.SCHEDULED: visit.pgettext("broadcast", "Scheduled"),
        BroadcastState.PREPARING: visit.pgettext("broadcast", "Running"),
        BroadcastState.SENDING: visit.pgettext("broadcast", "Running"),
        BroadcastState.PAUSED: visit.pgettext("broadcast", "Paused"),
        BroadcastState.CANCELED: visit.pgettext("broadcast", "Canceled"),
        BroadcastState.DONE: visit.pgettext("broadcast", "Done"),
    }


def _outcomes(visit: PageVisit) -> dict[PageOutcome, str]:
    """Returns the label of each count of recipients."""
    return {
        PageOutcome.SENT: visit.pgettext("recipients", "Sent"),
        PageOutcome.REFUSED: visit.pgettext("recipients", "Not sent"),
        PageOutcome.FAILED: visit.pgettext("recipients", "Failed"),
        PageOutcome.REPEATED: visit.pgettext("recipients", "Repeated addresses"),
        PageOutcome.CANCELED: visit.pgettext("recipients", "Canceled"),
    }


def show_broadcasts(visit: PageVisit) -> HtmlPage:
    editor, words = _editor(), states(visit)
    page, after = editor.page(visit.query.get("after", ""), PAGE)
    return visit.page(
        "broadcasts/broadcasts.html",
        rows=[(one, _path(one), words[one.state], editor.progress(one)) for one in page],
        after=after,
    )


def show_broadcast(visit: PageVisit) -> HtmlPage:
    broadcast = _broadcast(visit)
    email = wiring.get(wiring.adapters.emails.emails).get(broadcast.email_id)
    parts = -(-broadcast.pages // PART_PAGES)
    may_change = visit.actor.may(*SENDING)
    progress = _editor().progress(broadcast)
    return visit.page(
        "broadcasts/broadcast.html",
        broadcast=broadcast,
        path=_path(broadcast),
        state=states(visit)[broadcast.state],
        progress=progress,
        outcomes=[(word, progress.outcomes.get(outcome, 0)) for outcome, word in _outcomes(visit).items()],
        email_name=email.name if email else "",
        is_archived=bool(email and email.archived_at),
        lists=_lists(broadcast.audience.lists),
        without=_lists(broadcast.audience.exclude_lists),
        is_live=broadcast.state in SENDS,
        may_prepare=may_change and broadcast.state in STARTABLE,
        may_pause=may_change and broadcast.state in SENDS,
        may_resume=may_change and broadcast.state is BroadcastState.PAUSED,
        may_cancel=may_change and broadcast.state not in FINAL,
        reports=range(1, parts + 1) if visit.actor.may(*SENDING, CONTENT) else (),
    )


def _lists(ids: Sequence[int]) -> list[tuple[int, str]]:
    """Returns the lists with their names. A deleted one has its number."""
    names = {one.id: one.name for one in wiring.get(wiring.contacts.list_editor).all()} if ids else {}
    return [(number, names.get(number, str(number))) for number in ids]


def show_report(visit: PageVisit) -> HtmlPage:
    """Answers with one part of the report: the recipients of PART_PAGES pages."""
    broadcast = _broadcast(visit)
    part = visit.query.get("part", "1")
    first = (int(part) - 1) * PART_PAGES + 1 if part in map(str, range(1, broadcast.pages + 2)) else 1
    pages = range(first, min(first + PART_PAGES, broadcast.pages + 1))
    step = wiring.get(wiring.broadcasts.report_broadcast)
    results = chain.from_iterable(step(broadcast, page) for page in pages)
    return download(rows_to_csv([HEADINGS, *(result.cells for result in results)]), f"broadcast-{broadcast.id}.csv")


def confirm_pause(visit: PageVisit) -> HtmlPage:
    broadcast = _broadcast(visit)
    return visit.page("broadcasts/pause.html", broadcast=broadcast, path=_path(broadcast))


def pause(visit: PageVisit) -> HtmlPage:
    reason = visit.value("reason")[:REASON_MAX]
    paused = _editor().pause(visit.path("broadcastId"), reason, visit.actor)
    log_change(visit, AuditAction.BROADCAST_PAUSED, paused)
    return visit.redirect(_path(paused), visit.gettext("The broadcast is paused. Mail on its way still goes out."))


def resume(visit: PageVisit) -> HtmlPage:
    resumed = _editor().resume(visit.path("broadcastId"), visit.actor)
    log_change(visit, AuditAction.BROADCAST_RESUMED, resumed)
    return visit.redirect(_path(resumed), visit.gettext("The broadcast goes on."))


def confirm_cancel(visit: PageVisit) -> HtmlPage:
    broadcast = _broadcast(visit)
    return visit.confirm(
        visit.gettext("Cancel “%(name)s”?", name=broadcast.name),
        visit.gettext("Recipients who had their turn have the mail; the others never get it. This cannot be undone.")
        if broadcast.started_at
        else visit.gettext("Nothing of it is sent yet, and nothing will be. This cannot be undone."),
        visit.gettext("Cancel the broadcast"),
        _path(broadcast),
    )


def cancel(visit: PageVisit) -> HtmlPage:
    canceled = _editor().cancel(visit.path("broadcastId"), visit.actor)
    log_change(visit, AuditAction.BROADCAST_CANCELED, canceled)
    return visit.redirect(_path(canceled), visit.gettext("The broadcast is canceled."))


_BROADCAST = f"{BROADCASTS}/{{broadcastId}}"
PAGES = (
    get(BROADCASTS, show_broadcasts, *READ, menu=(MenuGroup.EMAIL, N_("Broadcasts"))),
    get(_BROADCAST, show_broadcast, *READ),
    get(f"{_BROADCAST}/report.csv", show_report, *SENDING, CONTENT),
    get(f"{_BROADCAST}/pause", confirm_pause, *SENDING),
    post(f"{_BROADCAST}/pause", pause, *SENDING, back=confirm_pause),
    post(f"{_BROADCAST}/resume", resume, *SENDING, back=show_broadcast),
    get(f"{_BROADCAST}/cancel", confirm_cancel, *SENDING),
    post(f"{_BROADCAST}/cancel", cancel, *SENDING, back=confirm_cancel),
)


def _editor() -> BroadcastEditor:
    return wiring.get(wiring.broadcasts.edit_broadcasts)


def _broadcast(visit: PageVisit) -> Broadcast:
    """Raises NotFound."""
    return _editor().get(visit.path("broadcastId"))


def _path(broadcast: Broadcast) -> str:
    return f"{BROADCASTS}/{broadcast.id}"


def log_change(visit: PageVisit, action: AuditAction, broadcast: Broadcast) -> None:
    detail = audit_detail(broadcast.name, broadcast.email_id, broadcast.send_at)
    wiring.get(wiring.access.audit_log)(action, visit.actor, broadcast.id, **detail)
