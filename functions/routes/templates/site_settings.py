"""Site settings over HTTP, a Staffetta extension."""

from __future__ import annotations

from collections.abc import Mapping

from functions import wiring
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import body_of
from functions.routes.templates.models import SiteSettingsChange


def get_site_settings(_request: ApiRequest) -> Mapping[str, str]:
    return wiring.get(wiring.adapters.templates.site_settings).get()


def update_site_settings(request: ApiRequest) -> Mapping[str, str]:
    changes = request.json()
    body_of(request, SiteSettingsChange)  # reports names and types; the step reads nulls, too
    return wiring.get(wiring.templates.change_site_settings)(changes, request.caller)
