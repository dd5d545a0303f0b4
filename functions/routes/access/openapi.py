"""What the OpenAPI document says of this room's operations."""

from __future__ import annotations

from functions.routes.access import audit_models, models
from functions.routes.http.operation_doc import OperationDoc

OPERATION_DOCS = {
    "create_api_key": OperationDoc(
        "Make an API key and show it once", models.ApiKeyCreatedView, models.ApiKeyCreateRequest
    ),
    "list_api_keys": OperationDoc("Every API key, revoked ones too", models.ApiKeyList),
    "rename_api_key": OperationDoc("Give an API key another name", models.ApiKeyView, models.ApiKeyRenameRequest),
    "revoke_api_key": OperationDoc("End an API key; it stays listed", None),
    "list_audit_entries": OperationDoc(
        "Who did what to the account, the latest first", audit_models.AuditPage, query=audit_models.AuditQuery
    ),
}
