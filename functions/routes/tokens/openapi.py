"""This room's part of the OpenAPI document."""

from __future__ import annotations

from functions.routes.http.operation_doc import OperationDoc
from functions.routes.tokens import legacy_models, models

OPERATION_DOCS = {
    "create_smtp_token": OperationDoc(
        "Create an SMTP token and show its password once; 409 if the AWS account has no room for another IAM user",
        models.SmtpApiTokenView,
        models.SmtpApiTokenRequestEgg,
    ),
    "list_smtp_tokens": OperationDoc(
        "List the SMTP tokens, the oldest first",
        models.CollectionResponseSmtpApiTokenView,
        query=models.SmtpTokensQuery,
    ),
    "get_smtp_token": OperationDoc(
        "Get an SMTP token by its current or an earlier SMTP user name", models.SmtpApiTokenView
    ),
    "reset_smtp_token_password": OperationDoc(
        "Reset an SMTP token: it gets a new user name (`id`) and a new password, shown once. Store both. `graceSeconds` is recommended",
        models.SmtpApiTokenView,
        query=models.PasswordResetQuery,
    ),
    "list_smtpapi_tokens": OperationDoc(
        "List all SMTP tokens, as in HubSpot's v1 API", legacy_models.LegacyTokenView, listed=True
    ),
    "create_smtpapi_token": OperationDoc(
        "Create an SMTP token, as in HubSpot's v1 API, and show its password once",
        legacy_models.LegacyTokenWithPassword,
        legacy_models.LegacyTokenRequest,
    ),
    "reset_smtpapi_token_password": OperationDoc(
        "Reset an SMTP token's user name and password, as in HubSpot's v1 API, and show them once",
        legacy_models.LegacyTokenWithPassword,
        query=models.PasswordResetQuery,
    ),
    "delete_smtp_token": OperationDoc("Delete an SMTP token: its password stops working", None),
}
