"""Access: who may call, how often, and the log of what they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.adapters import api_keys, audit, rate_limits
from functions.wiring.random_ids import new_id, new_secret

if TYPE_CHECKING:
    from functions.steps.access.audit import AuditLog
    from functions.steps.access.authenticate import Authorization
    from functions.steps.access.create_api_key import KeyIssue
    from functions.steps.access.limit_rate import RateLimit
    from functions.wiring.container import Container


def authenticate(c: Container) -> Authorization:
    from functions.steps.access.authenticate import Authorization

    return Authorization(c.get(api_keys), c.clock)


def limit_rate(c: Container) -> RateLimit:
    from functions.steps.access.limit_rate import RateLimit

    return RateLimit(c.get(rate_limits), c.clock)


def create_api_key(c: Container) -> KeyIssue:
    from functions.steps.access.create_api_key import KeyIssue

    return KeyIssue(api_keys=c.get(api_keys), clock=c.clock, new_secret=new_secret)


def audit_log(c: Container) -> AuditLog:
    from functions.steps.access.audit import AuditLog

    return AuditLog(c.get(audit), c.clock, new_id=new_id)
