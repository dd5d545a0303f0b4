"""SMTP tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from functions.wiring.access import audit_log
from functions.wiring.adapters.account import quota_store
from functions.wiring.adapters.domains import domains
from functions.wiring.adapters.emails import emails
from functions.wiring.adapters.statistics import counters
from functions.wiring.adapters.tokens import smtp_tokens, smtp_users
from functions.wiring.random_ids import new_campaign_number

if TYPE_CHECKING:
    from functions.steps.domains.sender_domains import TokenDomain
    from functions.steps.tokens.change_smtp_token import ChangeSmtpToken
    from functions.steps.tokens.create_smtp_token import CreateSmtpToken
    from functions.steps.tokens.delete_smtp_token import DeleteSmtpToken
    from functions.steps.tokens.read_smtp_tokens import ReadSmtpTokens
    from functions.steps.tokens.reconcile import ReconcileSmtpTokens
    from functions.steps.tokens.reset_smtp_password import ResetSmtpPassword
    from functions.wiring.container import Container


def sandboxed(c: Container) -> Callable[[], bool]:
    """Returns whether the account is in SES's sandbox, as the sweep has stored it."""
    quotas = c.get(quota_store)

    def is_sandboxed() -> bool:
        quota = quotas.get()
        return quota is not None and quota.sandboxed

    return is_sandboxed


def token_domain(c: Container) -> TokenDomain:
    from functions.steps.domains.sender_domains import TokenDomain

    return TokenDomain(c.get(domains), c.settings.domain)


def create_smtp_token(c: Container) -> CreateSmtpToken:
    from functions.steps.tokens.create_smtp_token import CreateSmtpToken

    return CreateSmtpToken(
        tokens=c.get(smtp_tokens),
        users=c.get(smtp_users),
        domain_of=c.get(token_domain),
        emails=c.get(emails),
        end=c.get(delete_smtp_token),
        sandboxed=c.get(sandboxed),
        clock=c.clock,
        new_number=new_campaign_number,
        region=c.settings.region,
    )


def reset_smtp_password(c: Container) -> ResetSmtpPassword:
    from functions.steps.tokens.reset_smtp_password import ResetSmtpPassword

    return ResetSmtpPassword(
        tokens=c.get(smtp_tokens),
        users=c.get(smtp_users),
        domain_of=c.get(token_domain),
        sandboxed=c.get(sandboxed),
        clock=c.clock,
        region=c.settings.region,
    )


def delete_smtp_token(c: Container) -> DeleteSmtpToken:
    from functions.steps.tokens.delete_smtp_token import DeleteSmtpToken

    return DeleteSmtpToken(tokens=c.get(smtp_tokens), users=c.get(smtp_users), emails=c.get(emails), clock=c.clock)


def reconcile_smtp_tokens(c: Container) -> ReconcileSmtpTokens:
    from functions.steps.tokens.reconcile import ReconcileSmtpTokens

    return ReconcileSmtpTokens(
        tokens=c.get(smtp_tokens),
        users=c.get(smtp_users),
        domain_of=c.get(token_domain),
        end=c.get(delete_smtp_token),
        audit=c.get(audit_log),
        sandboxed=c.get(sandboxed),
        clock=c.clock,
    )


def change_smtp_token(c: Container) -> ChangeSmtpToken:
    from functions.steps.tokens.change_smtp_token import ChangeSmtpToken

    return ChangeSmtpToken(
        create=c.get(create_smtp_token),
        reset=c.get(reset_smtp_password),
        delete=c.get(delete_smtp_token),
        read=c.get(read_smtp_tokens),
        audit_log=c.get(audit_log),
    )


def read_smtp_tokens(c: Container) -> ReadSmtpTokens:
    from functions.steps.tokens.read_smtp_tokens import ReadSmtpTokens

    return ReadSmtpTokens(tokens=c.get(smtp_tokens), counters=c.get(counters), clock=c.clock)
