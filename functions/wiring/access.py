"""Access: who may call, how often, and the log of what they changed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec.structs import replace

from functions.wiring.adapters.access import api_keys, audit_entries, sessions, token_buckets, user_directory, users
from functions.wiring.adapters.emails import emails
from functions.wiring.random_ids import new_id, new_secret

if TYPE_CHECKING:
    from functions.steps.access.audit import AuditLog
    from functions.steps.access.authenticate import Authenticator
    from functions.steps.access.check_key import CheckKey
    from functions.steps.access.create_api_key import CreateApiKey
    from functions.steps.access.limit_rate import RateLimiter
    from functions.steps.access.manage_api_keys import ManageApiKeys
    from functions.steps.access.manage_users import ManageUsers
    from functions.steps.access.passwords import Passwords
    from functions.steps.access.search_audit import SearchAudit
    from functions.steps.access.sign_in import SignIn
    from functions.steps.access.system_mails import SystemMails
    from functions.wiring.container import Container


def authenticate(c: Container) -> Authenticator:
    from functions.steps.access.authenticate import Authenticator

    return Authenticator(c.get(api_keys), c.clock)


def limit_rate(c: Container) -> RateLimiter:
    from functions.steps.access.limit_rate import RateLimiter

    return RateLimiter(c.get(token_buckets), c.clock)


def check_key(c: Container) -> CheckKey:
    from functions.steps.access.check_key import CheckKey

    return CheckKey(c.get(authenticate), c.get(limit_rate))


def create_api_key(c: Container) -> CreateApiKey:
    from functions.steps.access.create_api_key import CreateApiKey

    return CreateApiKey(api_keys=c.get(api_keys), clock=c.clock, new_secret=new_secret)


def manage_api_keys(c: Container) -> ManageApiKeys:
    from functions.steps.access.manage_api_keys import ManageApiKeys

    return ManageApiKeys(api_keys=c.get(api_keys), clock=c.clock)


def audit_log(c: Container) -> AuditLog:
    from functions.steps.access.audit import AuditLog

    return AuditLog(c.get(audit_entries), c.clock, new_id=new_id)


def sign_in(c: Container) -> SignIn:
    from functions.steps.access.sign_in import SignIn

    return SignIn(
        users=c.get(users),
        sessions=c.get(sessions),
        audit=c.get(audit_log),
        directory=c.get(user_directory),
        clock=c.clock,
        new_secret=new_secret,
    )


def manage_users(c: Container) -> ManageUsers:
    from functions.steps.access.manage_users import ManageUsers

    return ManageUsers(
        users=c.get(users),
        sessions=c.get(sessions),
        directory=c.get(user_directory),
        sign_in=c.get(sign_in),
        mails=c.get(system_mails),
        audit=c.get(audit_log),
        clock=c.clock,
        new_secret=new_secret,
        public_url=c.settings.public_url,
    )


def passwords(c: Container) -> Passwords:
    from functions.steps.access.passwords import Passwords

    return Passwords(
        users=c.get(users),
        sessions=c.get(sessions),
        directory=c.get(user_directory),
        sign_in=c.get(sign_in),
        mails=c.get(system_mails),
        audit=c.get(audit_log),
        clock=c.clock,
        sleep=time.sleep,
        new_secret=new_secret,
        public_url=c.settings.public_url,
    )


def system_mails(c: Container) -> SystemMails:
    from functions.adapters.templates import starters
    from functions.core.addresses import Address
    from functions.i18n.catalogs import catalog
    from functions.steps.access.system_mails import SystemMails
    from functions.wiring.emails import publish_email
    from functions.wiring.sending import accept_send

    sender = Address(f"no-reply@{c.settings.domain}", "Staffetta")
    bundled = replace(c.get(publish_email), partial=starters.partial)  # editors write the stage's own partials
    return SystemMails(
        emails=c.get(emails),
        starter=lambda name: starters.load(name, sender).draft,
        publish=bundled,
        accept=c.get(accept_send),
        texts=catalog,
    )


def search_audit(c: Container) -> SearchAudit:
    from functions.steps.access.search_audit import SearchAudit

    return SearchAudit(c.get(audit_entries))
