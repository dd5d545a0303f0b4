"""Runs over HTTP: of an automation, and of a contact."""

from __future__ import annotations

from functions import wiring
from functions.core.automations.run import Run
from functions.core.errors import FieldError, Rejected
from functions.routes.automations.automations import number_of
from functions.routes.automations.models import RunList, RunRecordView, RunsQuery, RunView
from functions.routes.http import batches
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import query_of
from functions.routes.http.paging import next_page
from functions.steps.automations.read_runs import RunReader


def list_automation_runs(request: ApiRequest) -> RunList:
    query = query_of(request, RunsQuery)
    automation = wiring.get(wiring.automations.edit_automations).get(number_of(request, "automationId", "automation"))
    try:
        page = _reader().page(automation.id, query.limit, query.after)
    except ValueError as error:
        raise Rejected([FieldError("after", "use the `after` of the previous page")]) from error
    return RunList(
        results=[run_view(run) for run in page.runs],
        paging=next_page(request, page.position) if page.position else None,
    )


def list_contact_runs(request: ApiRequest) -> RunList:
    return RunList(results=[run_view(run) for run in _reader().of_contact(request.path_parameters["email"])])


def stop_run(request: ApiRequest) -> RunView:
    path = request.path_parameters
    return run_view(_reader().stop(path["email"], path["runId"], request.caller))


def stop_contact_runs(request: ApiRequest) -> RunList:
    stopped = _reader().stop_contact(request.path_parameters["email"], request.caller)
    return batches.each(stopped, run_view, lambda views: RunList(results=list(views)))


def _reader() -> RunReader:
    return wiring.get(wiring.automations.read_runs)


def run_view(run: Run) -> RunView:
    return RunView(
        id=run.id,
        automation_id=run.automation,
        version=run.version,
        contact=run.contact,
        status=run.status,
        entered_at=run.entered_at,
        history=[RunRecordView(record.at, record.note, record.step) for record in run.history],
        step=run.step if run.is_active else "",
        waits_until=run.due_at,
        ended_at=run.ended_at or None,
        event=dict(run.event),
        messages=dict(run.messages),
    )
