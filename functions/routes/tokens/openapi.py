"""What the OpenAPI document says of this room's operations."""

from __future__ import annotations

from functions.routes.http.operation_doc import OperationDoc
from functions.routes.tokens import models

OPERATION_DOCS = {
    "create_smtp_token": OperationDoc(
        "Make an SMTP token and show its password once; 409 where the AWS account has no room for another IAM user",
        models.SmtpApiTokenView,
        models.SmtpApiTokenRequestEgg,
    ),
    "list_smtp_tokens": OperationDoc(
        "Every SMTP token, the oldest first",
        models.CollectionResponseSmtpApiTokenView,
        query=models.SmtpTokensQuery,
    ),
    "get_smtp_token": OperationDoc("One SMTP token, by its SMTP user name or an earlier one", models.SmtpApiTokenView),
    "reset_smtp_token_password": OperationDoc(
        "Give an SMTP token a new user name and password, and show them once",
        models.SmtpApiTokenView,
        query=models.PasswordResetQuery,
    ),
    "delete_smtp_token": OperationDoc("End an SMTP token: its password works no more", None),
}
