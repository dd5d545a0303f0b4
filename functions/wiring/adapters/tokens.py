"""Settings → the adapters of SMTP tokens and their IAM users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.clients import dynamodb, iam, lambda_

if TYPE_CHECKING:
    from functions.adapters.tokens.smtp_tokens import DynamoSmtpTokens
    from functions.adapters.tokens.smtp_users import IamSmtpUsers
    from functions.adapters.tokens.token_changes import LambdaTokenChanges
    from functions.wiring.container import Container


def smtp_tokens(c: Container) -> DynamoSmtpTokens:
    from functions.adapters.tokens.smtp_tokens import DynamoSmtpTokens

    return DynamoSmtpTokens(c.get(dynamodb), c.settings.tokens_table)


def token_changes(c: Container) -> LambdaTokenChanges:
    from functions.adapters.tokens.token_changes import LambdaTokenChanges

    return LambdaTokenChanges(lambda: c.get(lambda_), c.settings.smtp_tokens_function)


def smtp_users(c: Container) -> IamSmtpUsers:
    from functions.adapters.tokens.smtp_users import IamSmtpUsers

    return IamSmtpUsers(
        client=c.get(iam),
        path=c.settings.smtp_path,
        boundary_arn=c.settings.smtp_boundary_arn,
        identities_arn=c.settings.identities_arn,
        configuration_sets_arn=c.settings.configuration_sets_arn,
        default_set=c.settings.transactional_configuration_set,
    )
