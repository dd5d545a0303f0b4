"""This room's part of the OpenAPI document."""

from __future__ import annotations

from functions.routes.http.operation_doc import OperationDoc
from functions.routes.tokens import models

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
    "delete_smtp_token": OperationDoc("Delete an SMTP token: its password stops working", None),
}
