"""Settings → the adapters of API keys, sessions, users and the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.clients import cognito, dynamodb

if TYPE_CHECKING:
    from functions.adapters.access.api_keys import DynamoApiKeys
    from functions.adapters.access.audit import DynamoAuditEntries
    from functions.adapters.access.rate_limits import DynamoTokenBuckets
    from functions.adapters.access.sent_forms import DynamoSentForms
    from functions.adapters.access.sessions import DynamoSessions
    from functions.adapters.access.user_directory import CognitoUserDirectory
    from functions.adapters.access.users import DynamoUsers
    from functions.wiring.container import Container


def api_keys(c: Container) -> DynamoApiKeys:
    from functions.adapters.access.api_keys import DynamoApiKeys

    return DynamoApiKeys(c.get(dynamodb), c.settings.tokens_table)


def token_buckets(c: Container) -> DynamoTokenBuckets:
    from functions.adapters.access.rate_limits import DynamoTokenBuckets

    return DynamoTokenBuckets(c.get(dynamodb), c.settings.tokens_table)


def audit_entries(c: Container) -> DynamoAuditEntries:
    from functions.adapters.access.audit import DynamoAuditEntries

    return DynamoAuditEntries(c.get(dynamodb), c.settings.audit_table)


def users(c: Container) -> DynamoUsers:
    from functions.adapters.access.users import DynamoUsers

    return DynamoUsers(c.get(dynamodb), c.settings.access_table)


def sent_forms(c: Container) -> DynamoSentForms:
    from functions.adapters.access.sent_forms import DynamoSentForms

    return DynamoSentForms(c.get(dynamodb), c.settings.access_table)


def sessions(c: Container) -> DynamoSessions:
    from functions.adapters.access.sessions import DynamoSessions

    return DynamoSessions(c.get(dynamodb), c.settings.access_table)


def user_directory(c: Container) -> CognitoUserDirectory:
    from functions.adapters.access.user_directory import CognitoUserDirectory

    return CognitoUserDirectory(c.get(cognito), c.settings.user_pool, c.settings.user_pool_client)
