"""Passwords: set the first one by an invitation, reset one by a mailed link, and set up or remove a second factor."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from msgspec import Struct

from functions.core import ids, timestamps
from functions.core.access.audit import AuditAction
from functions.core.access.users import RESET_SECONDS, LinkPurpose, PasswordLink, User, as_entered, is_valid
from functions.core.errors import FieldError, NotFound, Rejected
from functions.ports import Clock, NewSecret
from functions.ports.access import ConsoleUsers, Sessions, UserDirectory
from functions.steps.access.audit import AuditLog
from functions.steps.access.manage_users import NEW_PASSWORD_PATH
from functions.steps.access.sign_in import SignIn
from functions.steps.access.system_mails import SystemMails

LENGTH_MIN, LENGTH_MAX = 12, 256  # characters; Cognito's maximum
ISSUER = "Staffetta"
RESETS_BY_USER = 10  # mails in a quarter of an hour, from any number of sources: each link in them works
ANSWER_SECONDS = 1.0  # more than mailing a link takes


class NewSecondFactor(Struct, frozen=True):
    token: str  # proves the password, for some minutes
    secret: str
    uri: str  # for a QR code


class Passwords(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    users: ConsoleUsers
    sessions: Sessions
    directory: UserDirectory
    sign_in: SignIn
    mails: SystemMails
    audit: AuditLog
    clock: Clock
    sleep: Callable[[float], None]
    new_secret: NewSecret
    public_url: str

    def request_reset(self, email: str, source: str, language: str) -> None:
        """Mails a link to the person, in the language of their settings, or in this one. An address without a user gets nothing, and the
        answer is the same, and takes as long. A mail that is refused is in the audit log.
        """
        began, email = self.clock(), as_entered(email)
        self.sign_in.check_guesses(f"reset {email}", source, RESETS_BY_USER)
        if user := self.users.get(email):
            self._mail_link(user, user.language or language)
        self.sleep(max(0.0, began + ANSWER_SECONDS - self.clock()))

    def _mail_link(self, user: User, language: str) -> None:
        secret, now = self.new_secret(), self.clock()
        self.sessions.put_link(
            PasswordLink(
                id=ids.secret_id(secret),
                email=user.email,
                purpose=LinkPurpose.RESET,
                began_at=timestamps.iso(now),
                expires_at=int(now) + RESET_SECONDS,
            )
        )
        link = f"{self.public_url}{NEW_PASSWORD_PATH}?key={secret}"
        if refusal := self.mails.reset_password(user.email, link, language=language):
            self.audit(AuditAction.USER_RESET_NOT_MAILED, user.actor, user.email, reason=refusal)

    def link(self, secret: str) -> PasswordLink:
        """Raises NotFound if the link is unknown, used or expired."""
        return self._valid(self.sessions.get_link(ids.secret_id(secret)))

    def set_by_link(self, secret: str, password: str, source: str) -> User:
        """Sets the password and uses the link up. Every session and every other link of the person ends, and attempts to sign in count from zero. Raises Rejected for
        a weak password, and NotFound.
        """
        check_password(password)
        link = self._valid(self.sessions.take_link(ids.secret_id(secret)))
        if link.purpose is LinkPurpose.SIGN_IN:
            raise NotFound("this link sets no password")
        try:
            self.directory.set_password(link.email, password)
        except Rejected:
            self.sessions.put_link(link)
            raise
        self.sign_in.clear_guesses(link.email, source)
        return self._joined(link.email)

    def sign_in_by_link(self, secret: str) -> str:
        """Returns the secret of a new session. Raises NotFound if the link is not one that signs in."""
        link = self._valid(self.sessions.take_link(ids.secret_id(secret)))
        if link.purpose is not LinkPurpose.SIGN_IN:
            self.sessions.put_link(link)
            raise NotFound("this link does not sign in")
        return self.sign_in.begin(link.email)

    def change(self, user: User, current: str, password: str, source: str) -> None:
        """Raises Rejected if the current password is wrong, or the new one weak."""
        check_password(password)
        self._check_current(user, current, source, field="current")
        self.directory.set_password(user.email, password)
        self._joined(user.email)

    def begin_second_factor(self, user: User, password: str, source: str) -> NewSecondFactor:
        """Returns a new secret for an authenticator app. Raises Rejected if the password is wrong."""
        token = self._check_current(user, password, source)
        if not token:
            raise Rejected([FieldError("password", "is right, and you have a second factor already: remove it first")])
        secret = self.directory.begin_second_factor(token)
        return NewSecondFactor(token, secret, totp_uri(user.email, secret))

    def finish_second_factor(self, user: User, token: str, code: str) -> None:
        """Raises Rejected if the code is wrong."""
        if not self.directory.finish_second_factor(user.email, token, code.replace(" ", "")):
            raise Rejected([FieldError("code", "is wrong: enter the one that your app shows now")])
        self.users.update(user.email, second_factor=True)
        self.audit(AuditAction.USER_SECOND_FACTOR_ADDED, user.actor, user.email)

    def remove_second_factor(self, user: User, password: str, source: str) -> None:
        """Raises Rejected if the password is wrong. ManageUsers removes the one of a person who lost their app."""
        self._check_current(user, password, source)
        self.directory.remove_second_factor(user.email)
        self.users.update(user.email, second_factor=False)
        self.audit(AuditAction.USER_SECOND_FACTOR_REMOVED, user.actor, user.email)

    def set_preferences(self, user: User, language: str, zone: str) -> None:
        """An empty language or zone is the browser's."""
        self.users.update(user.email, language=language, zone=zone)

    def _check_current(self, user: User, password: str, source: str, *, field: str = "password") -> str:
        """Returns the person's own token; empty if a second factor is awaited. Raises Rejected for the field of the form."""
        result = self.sign_in.check_password(user.email, password, source)
        if result is None:
            raise Rejected([FieldError(field, "is wrong")])
        return result.token

    def _joined(self, email: str) -> User:
        now = timestamps.iso(self.clock())
        user = self.users.get(email)
        if user is None:
            raise NotFound(f"there is no user {email}")
        joined = self.users.update(email, joined_at=user.joined_at or now) or user
        self.sign_in.end_all(email)
        self.audit(AuditAction.USER_PASSWORD_SET, user.actor, email)
        return joined

    def _valid(self, link: PasswordLink | None) -> PasswordLink:
        user = self.users.get(link.email) if link else None
        if link is None or user is None or not is_valid(link, user, self.clock()):
            raise NotFound("this link is used up or has expired: request another")
        return link


def check_password(password: str) -> None:
    """Raises Rejected. Length is the only rule: NIST SP 800-63B, 3.1.1.2."""
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX or password != password.strip():
        raise Rejected(
            [FieldError("password", f"needs {LENGTH_MIN} to {LENGTH_MAX} characters, without space around them")]
        )


def totp_uri(email: str, secret: str) -> str:
    """Returns what the QR code of an authenticator app contains."""
    return f"otpauth://totp/{ISSUER}:{quote(email)}?secret={secret}&issuer={ISSUER}"
