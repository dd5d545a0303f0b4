"""This room's part of the OpenAPI document."""

from __future__ import annotations

from functions.routes.access import models
from functions.routes.http.operation_doc import OperationDoc

OPERATION_DOCS = {
    "create_api_key": OperationDoc(
        "Create an API key and show it once", models.ApiKeyCreatedView, models.ApiKeyCreateRequest
    ),
    "list_api_keys": OperationDoc("List every API key, revoked ones too", models.ApiKeyList),
    "rename_api_key": OperationDoc("Rename an API key", models.ApiKeyView, models.ApiKeyRenameRequest),
    "revoke_api_key": OperationDoc("Revoke an API key; it stays listed", None),
    "list_audit_entries": OperationDoc(
        "List who changed what in the account, the latest first", models.AuditPage, query=models.AuditQuery
    ),
}
