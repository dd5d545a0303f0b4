"""Manage the people of the console: invite, change a role, sign out, remove. What a removed person made stays.

One administrator always remains: without one, only the command line could invite another.
"""

from __future__ import annotations

from msgspec import Struct

from functions.core import addresses, ids, timestamps
from functions.core.access.actor import Actor
from functions.core.access.audit import AuditAction
from functions.core.access.roles import Role
from functions.core.access.scopes import ACCOUNT
from functions.core.access.users import ADDRESS_MAX, INVITATION_SECONDS, LinkPurpose, PasswordLink, User
from functions.core.errors import Conflict, FieldError, NotFound, Rejected
from functions.ports import Clock, NewSecret
from functions.ports.access import ConsoleUsers, Sessions, UserDirectory
from functions.steps.access.audit import AuditLog
from functions.steps.access.sign_in import SignIn
from functions.steps.access.system_mails import SystemMails

NEW_PASSWORD_PATH = "/console/password/new"  # noqa: S105 - a path


class Invitation(Struct, frozen=True):
    user: User
    link: str  # sets the first password, once
    refusal: str = ""  # why it is not mailed


class ManageUsers(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. Each change needs the scope of the account."""

    users: ConsoleUsers
    sessions: Sessions
    directory: UserDirectory
    sign_in: SignIn
    mails: SystemMails
    audit: AuditLog
    clock: Clock
    new_secret: NewSecret
    public_url: str

    def all(self, by: Actor) -> list[User]:
        by.require(ACCOUNT)
        return self.users.all()

    def invite(self, email: str, role: Role, by: Actor, *, language: str, mail: bool = True) -> Invitation:
        """Invites a person, or invites again one who has not joined. `language` is of the mail. Raises Rejected for an invalid address, and
        Conflict for a person who has joined.
        """
        by.require(ACCOUNT)
        email = _address(email)
        now = timestamps.iso(self.clock())
        # A person of this address may have been removed: what was theirs stays ended.
        new = User(email=email, role=role, invited_at=now, invited_by=by.name, sessions_after=now)
        user = new if self.users.create(new) else self._again(email, role, now)
        self.directory.create(email)
        secret, expires_at = self.new_secret(), int(self.clock()) + INVITATION_SECONDS
        self.sessions.put_link(
            PasswordLink(
                id=ids.secret_id(secret),
                email=email,
                purpose=LinkPurpose.INVITATION,
                began_at=now,
                expires_at=expires_at,
            )
        )
        link = f"{self.public_url}{NEW_PASSWORD_PATH}?key={secret}"
        refusal = ""
        if mail:
            refusal = self.mails.invite(
                email, user.role, link, inviter=by.name, expires_at=expires_at, language=language
            )
        reason = {"reason": refusal} if refusal else {}
        self.audit(AuditAction.USER_INVITED, by, email, role=str(role), **reason)
        return Invitation(user, link, refusal)

    def change_role(self, email: str, role: Role, by: Actor) -> User:
        by.require(ACCOUNT)
        user = self._get(email)
        if role is not Role.ADMINISTRATOR:
            self._check_other_administrator(user)
        changed = self.users.update(email, role=str(role)) or user
        self.audit(AuditAction.USER_ROLE_CHANGED, by, email, role=str(role), before=str(user.role))
        return changed

    def remove(self, email: str, by: Actor) -> None:
        """Ends the person's sessions at once, too."""
        by.require(ACCOUNT)
        self._check_other_administrator(self._get(email))
        self.users.delete(email)
        self.directory.delete(email)
        self.audit(AuditAction.USER_REMOVED, by, email)

    def sign_out(self, email: str, by: Actor) -> None:
        """Ends every session of the person. Each person may end their own."""
        if by.name != email:
            by.require(ACCOUNT)
        self._get(email)
        self.sign_in.end_all(email)
        self.audit(AuditAction.USER_SIGNED_OUT, by, email)

    def remove_second_factor(self, email: str, by: Actor) -> None:
        """For another person, who lost their authenticator app. One's own needs the password. Raises Conflict, and NotFound."""
        by.require(ACCOUNT)
        if by.name == email:
            raise Conflict("remove your own second factor under “Your settings”: it needs your password")
        self._get(email)
        self.directory.remove_second_factor(email)
        self.users.update(email, second_factor=False)
        self.audit(AuditAction.USER_SECOND_FACTOR_REMOVED, by, email)

    def _again(self, email: str, role: Role, now: str) -> User:
        """The earlier invitation ends."""
        user = self._get(email)
        if user.joined_at:
            raise Conflict(f"{email} has joined already: change the role instead")
        return self.users.update(email, role=str(role), sessions_after=now) or user

    def _get(self, email: str) -> User:
        user = self.users.get(email) if 0 < len(email) <= addresses.ADDRESS_MAX else None
        if user is None:
            raise NotFound(f"there is no user {email}")
        return user

    def _check_other_administrator(self, user: User) -> None:
        """Raises Conflict if the user is the only administrator who can sign in."""
        others = (one for one in self.users.all() if one.email != user.email and one.joined_at)
        if user.role is Role.ADMINISTRATOR and not any(one.role is Role.ADMINISTRATOR for one in others):
            raise Conflict(f"{user.email} is the only administrator: make another person one first")


def _address(text: str) -> str:
    """Raises Rejected."""
    try:
        email = addresses.parse(text.strip()).email.lower()
    except ValueError as error:
        raise Rejected([FieldError("email", str(error))]) from error
    if len(email) > ADDRESS_MAX:
        raise Rejected([FieldError("email", f"is longer than {ADDRESS_MAX} characters")])
    return email
