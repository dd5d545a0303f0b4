"""Automations over HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from functions import wiring
from functions.core import addresses
from functions.core.addresses import Address
from functions.core.automations import checking, diagram
from functions.core.automations.automation import Automation, AutomationVersion
from functions.core.automations.definition import Definition
from functions.core.automations.starter import AutomationStarter
from functions.core.automations.words import AutomationWords
from functions.core.errors import FieldError, NotFound, Rejected
from functions.core.models.format import whole_number
from functions.http.responses import HtmlPage
from functions.routes.automations.models import (
    AutomationChangeQuery,
    AutomationCheck,
    AutomationCheckRequest,
    AutomationCreateRequest,
    AutomationDetails,
    AutomationError,
    AutomationFromStarter,
    AutomationList,
    AutomationPublished,
    AutomationStarterList,
    AutomationStarterView,
    AutomationUpdateRequest,
    AutomationVersionList,
    AutomationVersionView,
    AutomationView,
    RunsStopping,
    StarterRequest,
)
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import body_of, query_of
from functions.steps.automations.manage_automations import AutomationEditor

_SVG = {"content-type": "image/svg+xml; charset=utf-8", "content-security-policy": "default-src 'none'"}


def create_automation(request: ApiRequest) -> AutomationView:
    return _view(_editor().create(body_of(request, AutomationCreateRequest).definition, request.caller))


def list_automation_starters(request: ApiRequest) -> AutomationStarterList:
    return starters_view(wiring.get(wiring.automations.create_from_starter).all())


def starters_view(starters: Iterable[AutomationStarter]) -> AutomationStarterList:
    return AutomationStarterList(
        results=[
            AutomationStarterView(
                name=one.name,
                description=one.description,
                definition=one.text,
                email_ids=[draft.email_id for draft in one.emails],
            )
            for one in starters
        ]
    )


def create_automation_from_starter(request: ApiRequest) -> AutomationFromStarter:
    text = body_of(request, StarterRequest).sender if request.body else None
    created = wiring.get(wiring.automations.create_from_starter)(
        request.path_parameters["name"], request.caller, _sender(text) if text else None
    )
    return AutomationFromStarter(**_fields(created.automation), published_emails=list(created.published))


def _sender(text: str) -> Address:
    try:
        return addresses.parse(text)
    except ValueError as error:
        raise Rejected([FieldError("from", str(error), "INVALID_EMAIL")]) from None


def list_automations(request: ApiRequest) -> AutomationList:
    return AutomationList(results=[_view(one) for one in _editor().all()])


def check_automation(request: ApiRequest) -> AutomationCheck:
    body = body_of(request, AutomationCheckRequest)
    checked = _editor().check(body.definition, body.automation_id)
    return AutomationCheck(
        errors=list(map(_issue, checked.errors)),
        warnings=list(map(_issue, checked.warnings)),
        description=_description(body.definition),
    )


def get_automation_schema(request: ApiRequest) -> dict[str, Any]:
    return msgspec.json.schema(Definition)


def get_automation(request: ApiRequest) -> AutomationDetails:
    automation = _editor().get(_id(request))
    return AutomationDetails(
        **_fields(automation),
        definition=_editor().draft(automation.id),
        counts=dict(wiring.get(wiring.automations.read_runs).count(automation.id)),
    )


def update_automation(request: ApiRequest) -> AutomationView:
    body = body_of(request, AutomationUpdateRequest)
    return _view(_editor().update(_id(request), body.definition, request.caller, body.change))


def delete_automation(request: ApiRequest) -> None:
    _editor().delete(_id(request), request.caller)


def publish_automation(request: ApiRequest) -> AutomationPublished:
    change = query_of(request, AutomationChangeQuery).change
    published = _editor().publish(_id(request), request.caller, change)
    return AutomationPublished(**_fields(published.automation), warnings=list(map(_issue, published.warnings)))


def pause_automation(request: ApiRequest) -> AutomationView:
    return _view(_editor().pause(_id(request), request.caller))


def resume_automation(request: ApiRequest) -> AutomationView:
    return _view(_editor().resume(_id(request), request.caller))


def stop_automation_runs(request: ApiRequest) -> RunsStopping:
    return RunsStopping(automation_id=_editor().stop_runs(_id(request), request.caller).id)


def list_automation_versions(request: ApiRequest) -> AutomationVersionList:
    return AutomationVersionList(results=[_version(one) for one in _editor().versions(_id(request))])


def get_automation_version(request: ApiRequest) -> AutomationVersionView:
    return _version(_editor().version(_id(request), number_of(request, "number", "version")))


def get_automation_diagram(request: ApiRequest) -> HtmlPage:
    """Draws the published version, or the draft of an automation without one."""
    editor, automation = _editor(), _editor().get(_id(request))
    number = automation.published_version
    text = editor.version(automation.id, number).text if number else editor.draft(automation.id)
    counts = wiring.get(wiring.automations.read_runs).count(automation.id)
    definition = checking.read(text)[0]
    return HtmlPage(diagram.drawn(definition, counts, _words(definition)), _SVG, 200)


def _editor() -> AutomationEditor:
    return wiring.get(wiring.automations.edit_automations)


def _id(request: ApiRequest) -> int:
    return number_of(request, "automationId", "automation")


def number_of(request: ApiRequest, name: str, noun: str) -> int:
    """Raises NotFound if the path has no number there: it names nothing."""
    text = request.path_parameters[name]
    try:
        return whole_number(text)
    except ValueError:
        raise NotFound(f"there is no {noun} {text!r}") from None


def _description(text: str) -> str:
    try:
        definition = checking.read(text)[0]
    except Rejected:
        return ""
    return diagram.description(definition, _words(definition))


def _words(definition: Definition) -> AutomationWords:
    return AutomationWords(stage=_editor().names(definition))


def _issue(error: FieldError) -> AutomationError:
    return AutomationError(error.field, error.message, error.line or 1, error.column or 1)


def _view(automation: Automation) -> AutomationView:
    return AutomationView(**_fields(automation))


def _fields(automation: Automation) -> dict[str, Any]:
    names = ("id", "name", "status", "change", "created_at", "created_by", "updated_at", "updated_by")
    published = ("published_version", "published_at", "published_by")
    values = {name: getattr(automation, name) for name in (*names, *published)}
    return {**values, "published_at": automation.published_at or None}


def _version(version: AutomationVersion) -> AutomationVersionView:
    return AutomationVersionView(
        number=version.number, published_at=version.at, published_by=version.by, definition=version.text
    )
