"""The role of the console: what its pages read and change for the people who sign in."""

from __future__ import annotations

from infra.constructs.function import Function
from infra.permissions import tasks
from infra.permissions.resources import ALARMS, DEDICATED_IPS, SUPPRESSION_LIST, StageResources


def console(function: Function, stage: StageResources) -> None:
    _sign_in(function, stage)
    function.allow(["dynamodb:PutItem"], stage.emails)  # publishes invitations and resets
    _show_messages(function, stage)
    _show_contacts(function, stage)
    _show_audience(function, stage)
    tasks.manage_automations(function, stage)
    _show_account(function, stage)
    _redrive(function, stage)
    tasks.manage_domains(function, stage)
    tasks.manage_webhooks(function, stage)
    _write_emails(function, stage)
    function.allow(["lambda:InvokeFunction"], stage.smtp_tokens_function)


def _sign_in(function: Function, stage: StageResources) -> None:
    """Grants sessions, and the passwords in Cognito."""
    function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], stage.access)
    function.allow(["dynamodb:DeleteItem", "dynamodb:Query"], stage.access)
    function.allow(["cognito-idp:AdminInitiateAuth", "cognito-idp:AdminRespondToAuthChallenge"], stage.user_pool)
    function.allow(["cognito-idp:AdminCreateUser", "cognito-idp:AdminDeleteUser"], stage.user_pool)
    function.allow(["cognito-idp:AdminSetUserPassword", "cognito-idp:AdminSetUserMFAPreference"], stage.user_pool)
    function.allow(["cognito-idp:AdminUserGlobalSignOut"], stage.user_pool)


def _show_messages(function: Function, stage: StageResources) -> None:
    """Grants what the pages of messages read, and a resend."""
    function.allow(["dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:PutItem"], stage.sends)
    function.allow(["dynamodb:DeleteItem"], stage.sends)  # of a resend that could not be queued
    function.allow(["dynamodb:Scan"], stage.tokens)  # a search by an API key's name
    function.allow(["dynamodb:Query"], stage.content, stage.metrics, stage.sends_by_address)
    function.allow(["dynamodb:GetItem"], stage.sends, stage.emails, stage.tokens, stage.contacts)
    function.allow(["dynamodb:PutItem"], stage.audit)
    function.allow(["sqs:SendMessage"], stage.send_queue)


def _show_contacts(function: Function, stage: StageResources) -> None:
    """Grants what the pages of contacts read, and requests of erasure and of release from quarantine."""
    function.allow(["dynamodb:Scan", "dynamodb:BatchGetItem", "dynamodb:PutItem"], stage.contacts)
    function.allow(["dynamodb:Query"], stage.lists_by_member)
    function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], stage.metrics)
    function.allow(["ses:GetSuppressedDestination", "ses:DeleteSuppressedDestination"], SUPPRESSION_LIST)


def _show_audience(function: Function, stage: StageResources) -> None:
    """Grants lists, imports and broadcasts: what their pages read, and the jobs that a change queues."""
    function.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], stage.audience)
    function.allow(["dynamodb:DeleteItem", "dynamodb:Query"], stage.audience)
    function.allow(["dynamodb:Query"], stage.contacts_by_number)
    function.allow(["sqs:SendMessage"], stage.broadcast_queue)
    function.allow(["s3:GetObject"], stage.broadcasts, stage.imports)
    function.allow(["s3:PutObject"], stage.uploads)  # the file of an import
    tasks.read_uploads(function, stage)


def _show_account(function: Function, stage: StageResources) -> None:
    """Grants what the first page and the settings read and change: keys, the audit log, site settings, alarms."""
    function.allow(["dynamodb:Query"], stage.emails_listed, stage.audit)
    function.allow(["dynamodb:PutItem", "dynamodb:UpdateItem"], stage.tokens)
    function.allow(["dynamodb:DeleteItem"], stage.metrics)  # a domain
    function.allow(["ses:GetDedicatedIpPool", "ses:GetDedicatedIps", "ses:GetBlacklistReports"], DEDICATED_IPS)
    function.allow(["cloudwatch:DescribeAlarms"], ALARMS)


def _redrive(function: Function, stage: StageResources) -> None:
    """Grants the dead letters of sends and of broadcasts: to read them, and to put them back into their queues."""
    letters = [stage.send_dead_letters, stage.broadcast_dead_letters]
    function.allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"], *letters)
    function.allow(["dynamodb:UpdateItem"], stage.sends)
    function.allow(["s3:GetObject", "s3:PutObject"], stage.payloads)
    tasks.check_recorded(function, stage)


def _write_emails(function: Function, stage: StageResources) -> None:
    """Grants drafts, their revisions, and images."""
    function.allow(["dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:Query"], stage.emails)
    tasks.manage_images(function, stage)
