"""This room's part of the OpenAPI document."""

from __future__ import annotations

from functions.routes.http.operation_doc import OperationDoc
from functions.routes.templates import models

OPERATION_DOCS = {
    "get_site_settings": OperationDoc(
        "Get the site settings: what templates print of the company, under HubSpot's names", models.SiteSettingsView
    ),
    "update_site_settings": OperationDoc(
        "Change site settings. Published emails print them too, within 30 seconds",
        models.SiteSettingsView,
        models.SiteSettingsChange,
    ),
    "list_partials": OperationDoc("List the partials: texts that emails include", models.PartialList),
    "get_partial": OperationDoc("Get a partial", models.PartialView),
    "put_partial": OperationDoc(
        "Store a partial. It overrides a bundled one of the same name. Emails include it from their next publishing on",
        models.PartialView,
        models.PartialPutRequest,
    ),
    "delete_partial": OperationDoc(
        "Delete a stored partial. It no longer overrides the bundled one of the same name", None
    ),
}
