"""The runs of an automation: who is inside, what a run did and why, and how to stop it."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from functions import wiring
from functions.core import ids
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import MARKETING_EMAIL
from functions.core.automations.automation import Automation
from functions.core.automations.definition import Definition
from functions.core.automations.run import Run, RunStatus
from functions.core.errors import FieldError, NotFound, Rejected
from functions.http.responses import HtmlPage
from functions.pages.automations.automations import AUTOMATIONS, automation, editor, path_of, words_of
from functions.pages.contact_paths import contact_path
from functions.pages.page import get, post
from functions.pages.visit import PageVisit
from functions.steps.automations.read_runs import RunReader

PAGE = 50
STYLES = {RunStatus.ENDED: "good", RunStatus.FAILED: "bad"}


def list_runs(visit: PageVisit) -> HtmlPage:
    """The runs of the automation, or those of one contact in it."""
    one, contact = automation(visit), visit.query.get("contact", "").strip()
    if contact:
        runs, after = [run for run in _reader().of_contact(contact) if run.automation == one.id], ""
    else:
        runs, after = _page(one, visit.query.get("after", ""))
    rows = [(run, _path(run), *_word_of(visit, run)) for run in runs]
    return visit.page(
        "automations/runs.html", automation=one, path=path_of(one), rows=rows, after=after, contact=contact
    )


def show_run(visit: PageVisit) -> HtmlPage:
    one, run = automation(visit), _run(visit, visit.query.get("contact", ""))
    definition = wiring.get(wiring.automations.catalog).definition(run.automation, run.version)
    step_words = _step_words(visit, definition) if definition else {}
    word, style = _word_of(visit, run)
    return visit.page(
        "automations/run.html",
        automation=one,
        run=run,
        path=path_of(one),
        stop_path=_path(run, "/stop"),
        contact=contact_path(run.contact),
        word=word,
        style=style,
        rows=[(record, step_words.get(record.step, ""), run.messages.get(record.step, "")) for record in run.history],
    )


def confirm_stop(visit: PageVisit) -> HtmlPage:
    run = _run(visit, visit.query.get("contact", "") or visit.value("contact"))
    return visit.confirm(
        visit.gettext("Stop the run of %(contact)s?", contact=run.contact),
        visit.gettext("It sends no further mail to this contact. It cannot be continued."),
        visit.gettext("Stop this run"),
        _path(run),
        contact=run.contact,
    )


def stop_run(visit: PageVisit) -> HtmlPage:
    run = _run(visit, visit.value("contact"))
    stopped = _reader().stop(run.contact, run.id, visit.actor)
    wiring.get(wiring.access.audit_log)(
        AuditAction.RUN_STOPPED, visit.actor, ids.address_hash(stopped.contact), automation=stopped.automation
    )
    return visit.redirect(_path(stopped), visit.gettext("The run is stopped."))


_RUNS = f"{AUTOMATIONS}/{{automationId}}/runs"
PAGES = (
    get(_RUNS, list_runs, MARKETING_EMAIL),
    get(f"{_RUNS}/{{runId}}", show_run, MARKETING_EMAIL),
    get(f"{_RUNS}/{{runId}}/stop", confirm_stop, MARKETING_EMAIL),
    post(f"{_RUNS}/{{runId}}/stop", stop_run, MARKETING_EMAIL, back=confirm_stop),
)


def _step_words(visit: PageVisit, definition: Definition) -> dict[str, str]:
    """Returns the sentence of each step, by its id."""
    words = words_of(visit, definition)
    return {step.id: words.of_step(step) for step in definition.steps}


def _word_of(visit: PageVisit, run: Run) -> tuple[str, str]:
    """Returns the word of its status, and the word's style."""
    words = {
        RunStatus.WAITING: visit.pgettext("run", "Inside"),
        RunStatus.ENDED: visit.pgettext("run", "Ended"),
        RunStatus.STOPPED: visit.pgettext("run", "Stopped"),
        RunStatus.FAILED: visit.pgettext("run", "Failed"),
    }
    return words[run.status], STYLES.get(run.status, "")


def _reader() -> RunReader:
    return wiring.get(wiring.automations.read_runs)


def _page(one: Automation, after: str) -> tuple[list[Run], str]:
    try:
        page = _reader().page(editor().get(one.id).id, PAGE, after)
    except ValueError:
        raise Rejected([FieldError("after", "is no page of this list")]) from None
    return list(page.runs), page.position


def _run(visit: PageVisit, contact: str) -> Run:
    """Raises NotFound, also for a run of another automation."""
    run = _reader().get(contact, visit.path("runId"))
    if run.automation != automation(visit).id:
        raise NotFound(f"the automation has no run {run.id!r}")
    return run


def _path(run: Run, act: str = "") -> str:
    query = urlencode({"contact": run.contact})
    return f"{AUTOMATIONS}/{run.automation}/runs/{quote(run.id, safe='')}{act}?{query}"
