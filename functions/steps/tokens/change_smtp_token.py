"""Change an SMTP token for a person in the console, with its entry in the audit log."""

from __future__ import annotations

from msgspec import Struct

from functions.core.access.actor import Actor
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import TRANSACTIONAL_EMAIL
from functions.core.errors import Conflict, Forbidden, NotFound, StaffettaError
from functions.core.tokens.token_change import (
    ChangedToken,
    ChangeRefusal,
    TokenAction,
    TokenChange,
    TokenChangeAnswer,
)
from functions.steps.access.audit import AuditLog
from functions.steps.tokens.create_smtp_token import CreateSmtpToken, TokenRequest
from functions.steps.tokens.delete_smtp_token import DeleteSmtpToken
from functions.steps.tokens.read_smtp_tokens import ReadSmtpTokens
from functions.steps.tokens.reset_smtp_password import ResetSmtpPassword

_REFUSALS: dict[type[StaffettaError], ChangeRefusal] = {
    Forbidden: ChangeRefusal.FORBIDDEN,
    NotFound: ChangeRefusal.NOT_FOUND,
    Conflict: ChangeRefusal.CONFLICT,
}


class ChangeSmtpToken(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    create: CreateSmtpToken
    reset: ResetSmtpPassword
    delete: DeleteSmtpToken
    read: ReadSmtpTokens
    audit_log: AuditLog

    def __call__(self, change: TokenChange) -> TokenChangeAnswer:
        actor = Actor(change.actor, change.scopes)
        try:
            return TokenChangeAnswer(token=self._changed(change, actor))
        except (Forbidden, NotFound, Conflict) as error:
            return TokenChangeAnswer(refusal=_REFUSALS[type(error)], reason=str(error))

    def _changed(self, change: TokenChange, actor: Actor) -> ChangedToken:
        match change.action:
            case TokenAction.CREATE:
                return self._create(change, actor)
            case TokenAction.RESET:
                return self._reset(change, actor)
            case TokenAction.DELETE:
                return self._delete(change, actor)

    def _create(self, change: TokenChange, actor: Actor) -> ChangedToken:
        request = TokenRequest(
            name=change.name, create_contact=change.create_contact, created_by=actor.name, domain=change.domain
        )
        created = self.create(request, actor)
        token = created.token
        self.audit_log(AuditAction.TOKEN_MADE, actor, str(token.campaign_id), name=token.name)
        return ChangedToken(
            key_id=token.key_id,
            name=token.name,
            campaign_id=token.campaign_id,
            password=created.password,
            domain=token.domain,
        )

    def _reset(self, change: TokenChange, actor: Actor) -> ChangedToken:
        changed = self.reset(change.key_id, actor, change.grace_seconds)
        token = changed.token
        self.audit_log(
            AuditAction.TOKEN_RESET,
            actor,
            str(token.campaign_id),
            name=token.name,
            grace_seconds=change.grace_seconds,
        )
        return ChangedToken(
            key_id=token.key_id,
            name=token.name,
            campaign_id=token.campaign_id,
            password=changed.password,
            domain=token.domain,
            former_key_id=changed.former_key_id,
            former_until=changed.former_until if change.grace_seconds else "",
        )

    def _delete(self, change: TokenChange, actor: Actor) -> ChangedToken:
        actor.require(TRANSACTIONAL_EMAIL)  # before the answer shows whether the token exists
        token = self.read.find(change.key_id)
        self.delete(token.campaign_id, actor)
        self.audit_log(AuditAction.TOKEN_DELETED, actor, str(token.campaign_id), name=token.name)
        return ChangedToken(key_id=token.key_id, name=token.name, campaign_id=token.campaign_id)
