"""SMTP tokens."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from functions.steps.tokens.create_smtp_token import TokenIssue
from functions.steps.tokens.delete_smtp_token import TokenEnd
from functions.steps.tokens.reconcile import TokenReconciliation
from functions.steps.tokens.reset_smtp_password import TokenReset
from functions.wiring.chance import new_campaign_number

if TYPE_CHECKING:
    from functions.wiring import Wiring


class Smtp:
    def __init__(self, wired: Wiring) -> None:
        self.wired = wired

    @cached_property
    def token_issue(self) -> TokenIssue:
        return TokenIssue(
            tokens=self.wired.smtp_tokens,
            users=self.wired.smtp_users,
            emails=self.wired.emails,
            end=self.token_end,
            clock=self.wired.clock,
            new_number=new_campaign_number,
            region=self.wired.settings.region,
        )

    @cached_property
    def token_reset(self) -> TokenReset:
        return TokenReset(
            tokens=self.wired.smtp_tokens,
            users=self.wired.smtp_users,
            clock=self.wired.clock,
            region=self.wired.settings.region,
        )

    @cached_property
    def token_end(self) -> TokenEnd:
        return TokenEnd(
            tokens=self.wired.smtp_tokens, users=self.wired.smtp_users, emails=self.wired.emails, clock=self.wired.clock
        )

    @cached_property
    def token_reconciliation(self) -> TokenReconciliation:
        return TokenReconciliation(
            tokens=self.wired.smtp_tokens, users=self.wired.smtp_users, end=self.token_end, clock=self.wired.clock
        )
