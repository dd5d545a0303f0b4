"""Partials over HTTP, a Staffetta extension."""

from __future__ import annotations

from functions import wiring
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import body_of
from functions.routes.templates.models import PartialList, PartialName, PartialPutRequest, PartialView
from functions.steps.templates.partials import Partial


def list_partials(request: ApiRequest) -> PartialList:
    return PartialList(
        results=[
            PartialName(name=name, bundled=bundled)
            for name, bundled in wiring.get(wiring.templates.partial_library).list()
        ]
    )


def get_partial(request: ApiRequest) -> PartialView:
    return _view(wiring.get(wiring.templates.partial_library).get(request.path_parameters["name"]))


def put_partial(request: ApiRequest) -> PartialView:
    text = body_of(request, PartialPutRequest).text
    partial = wiring.get(wiring.templates.partial_library).put(request.path_parameters["name"], text)
    return _view(partial)


def delete_partial(request: ApiRequest) -> None:
    wiring.get(wiring.templates.partial_library).delete(request.path_parameters["name"])


def _view(partial: Partial) -> PartialView:
    return PartialView(name=partial.name, text=partial.text, bundled=partial.bundled)
