"""Partials on the wire. Ours: HubSpot has no such resource."""

from __future__ import annotations

from functions import wiring
from functions.core.errors import FieldError, Rejected
from functions.routes.http.dispatch import Operation, Request
from functions.routes.templates.models import PartialList, PartialName, PartialView
from functions.steps.templates.partials import Partial


def list_partials(request: Request) -> PartialList:
    return PartialList(
        results=[
            PartialName(name=name, bundled=bundled)
            for name, bundled in wiring.get(wiring.templates.partial_library).list()
        ]
    )


def get_partial(request: Request) -> PartialView:
    return _view(wiring.get(wiring.templates.partial_library).get(request.path_parameters["name"]))


def put_partial(request: Request) -> PartialView:
    text = request.json().get("text")
    if not isinstance(text, str):
        raise Rejected([FieldError("text", "is required: a text", "REQUIRED_FIELD")])
    return _view(wiring.get(wiring.templates.partial_library).put(request.path_parameters["name"], text))


def delete_partial(request: Request) -> None:
    wiring.get(wiring.templates.partial_library).delete(request.path_parameters["name"])


OPERATIONS: dict[str, Operation] = {
    "list_partials": list_partials,
    "get_partial": get_partial,
    "put_partial": put_partial,
    "delete_partial": delete_partial,
}


def _view(partial: Partial) -> PartialView:
    return PartialView(name=partial.name, text=partial.text, bundled=partial.bundled)
