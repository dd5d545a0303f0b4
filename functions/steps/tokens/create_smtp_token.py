"""Create an SMTP token: an IAM user whose password is shown once.

The intent is written before the first call to IAM, and the token is active only once all is done. After a failure in between no password
was shown, and the whole token is deleted, here or by the reconciler.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import TRANSACTIONAL_EMAIL
from functions.core.emails.email import TRANSACTIONAL, Email, Subcategory
from functions.core.errors import Conflict, FieldError, NotFound, Rejected, Retry
from functions.core.tokens.smtp_password import smtp_password
from functions.core.tokens.smtp_token import SmtpToken, name_errors
from functions.ports import Clock, NewNumber
from functions.ports.emails import Emails
from functions.ports.tokens import AccessKey, SmtpTokens, SmtpUsers
from functions.steps.domains.sender_domains import TokenDomain
from functions.steps.tokens.delete_smtp_token import DeleteSmtpToken

LEASE_SECONDS = 30  # longer than a request may take: a change that takes longer has died


class SmtpCredentials(Struct, frozen=True):
    token: SmtpToken
    password: str


class TokenRequest(Struct, frozen=True, kw_only=True):
    name: str
    create_contact: bool
    created_by: str  # an email address
    expires_at: str | None = None
    domain: str = ""  # of its From addresses; empty: the deployment's


class CreateSmtpToken(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    tokens: SmtpTokens
    users: SmtpUsers
    emails: Emails
    domain_of: TokenDomain
    end: DeleteSmtpToken
    sandboxed: Callable[[], bool]
    clock: Clock
    new_number: NewNumber
    region: str  # of the password

    def __call__(self, request: TokenRequest, by: Actor) -> SmtpCredentials:
        """Raises Forbidden, Rejected for a wrong name or a time in the past, NotFound if the stage lacks the domain, and Conflict if the account has no
        room for another IAM user.
        """
        by.require(TRANSACTIONAL_EMAIL)
        if errors := [*name_errors(request.name), *expiry_errors(request.expires_at, self.clock())]:
            raise Rejected(errors)
        self.domain_of.check(request.domain)
        token = self._new_token(request)
        with ExitStack() as unless_done:
            unless_done.callback(self.end, token.campaign_id, by)
            key = new_access_key(self.users, token, self.domain_of, sandbox=self.sandboxed())
            self._save_email_head(token)
            self.tokens.index_key(key.id, token.campaign_id)
            active = self.tokens.save(token.activated(key.id))
            if active is None:
                raise Conflict("creating the token took so long that it was given up: try again")
            unless_done.pop_all()
        return SmtpCredentials(active, smtp_password(key.secret, self.region))

    def _new_token(self, request: TokenRequest) -> SmtpToken:
        now = self.clock()
        token = SmtpToken(
            campaign_id=self.new_number(),
            name=request.name,
            create_contact=request.create_contact,
            created_at=timestamps.iso(now),
            created_by=request.created_by,
            expires_at=request.expires_at,
            domain=request.domain,
            busy_until=int(now) + LEASE_SECONDS,
        )
        saved = self.tokens.save(token)
        if saved is None:
            raise Conflict(f"the number {token.campaign_id} is taken: try again")
        return saved

    def _save_email_head(self, token: SmtpToken) -> None:
        """Stores the token as an email, for lists and statistics. A retry after a lost response conflicts with the first save, so an equal
        email is no conflict.
        """
        email = Email(
            id=token.campaign_id,
            name=token.name,
            subcategory=Subcategory.SMTP_TOKEN,
            subscription=TRANSACTIONAL,
            created_at=token.created_at,
            created_by=token.created_by,
            updated_at=token.created_at,
            updated_by=token.created_by,
        )
        if not self.emails.save(email) and self.emails.get(email.id, consistent=True) != replace(email, version=1):
            raise Conflict(f"an email has the number {token.campaign_id} already: try again")


def expiry_errors(expires_at: str | None, now: float) -> list[FieldError]:
    """Pure, so that a route can report it with the other errors of a request."""
    if expires_at is None or expires_at > timestamps.iso(now):
        return []
    return [FieldError("expiresAt", f"{expires_at} is in the past: choose a later time, or none")]


def new_access_key(users: SmtpUsers, token: SmtpToken, domain_of: TokenDomain, *, sandbox: bool) -> AccessKey:
    """Creates the user unless it exists, permits it to send and creates a key. Raises Retry if the user is deleted meanwhile, or if IAM
    does not show it yet: IAM's answers about a new user are eventually consistent.
    """
    name = token.user_name
    users.create(name)
    try:
        users.put_policy(name, domain_of(token.domain), sandbox=sandbox)
        return users.new_key(name)
    except NotFound as error:
        raise Retry(f"the IAM user {name} was created and is not there") from error
