"""Who may ask, how often, and what is noted of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from functions.steps.access.audit import AuditLog
from functions.steps.access.authenticate import Authorization
from functions.steps.access.create_api_key import KeyIssue
from functions.steps.access.limit_rate import RateLimit
from functions.wiring.chance import new_id, new_secret

if TYPE_CHECKING:
    from functions.wiring import Wiring


class Access:
    def __init__(self, wired: Wiring) -> None:
        self.wired = wired

    @cached_property
    def authorization(self) -> Authorization:
        return Authorization(self.wired.api_keys, self.wired.clock)

    @cached_property
    def rate_limit(self) -> RateLimit:
        return RateLimit(self.wired.buckets, self.wired.clock)

    @cached_property
    def key_issue(self) -> KeyIssue:
        return KeyIssue(api_keys=self.wired.api_keys, clock=self.wired.clock, new_secret=new_secret)

    @cached_property
    def audit_log(self) -> AuditLog:
        return AuditLog(self.wired.audit, self.wired.clock, new_id=new_id)
