"""Sign in: password, second factor, session. A session is an item, so it can end at once.

The secret of a session is in the browser's cookie only. The text of every refusal is the same for an unknown user and a wrong password.
"""

from __future__ import annotations

from msgspec import Struct

from functions.core import ids, timestamps
from functions.core.access.actor import Actor
from functions.core.access.audit import AuditAction
from functions.core.access.users import SESSION_SECONDS, Session, User, as_entered, is_valid
from functions.core.errors import FieldError, Rejected
from functions.ports import Clock, NewSecret
from functions.ports.access import ConsoleUsers, PasswordResult, Sessions, UserDirectory
from functions.steps.access.audit import AuditLog

CHALLENGE_SECONDS = 180  # Cognito's own limit
GUESS_SECONDS = 900
GUESSES_BY_USER_AND_SOURCE, GUESSES_BY_SOURCE, GUESSES_BY_USER = 10, 50, 100


class TooManyGuessesError(Rejected):
    def __init__(self) -> None:
        super().__init__(
            [FieldError("password", f"too many attempts: wait {GUESS_SECONDS // 60} minutes, or reset your password")]
        )


class SignedIn(Struct, frozen=True):
    secret: str  # for the cookie
    awaits_code: bool = False


class SignIn(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. `source` is the IP address of the browser."""

    users: ConsoleUsers
    sessions: Sessions
    audit: AuditLog
    directory: UserDirectory
    clock: Clock
    new_secret: NewSecret

    def with_password(self, email: str, password: str, source: str) -> SignedIn:
        """Raises Rejected if the address or the password is wrong, or after too many attempts."""
        email = as_entered(email)
        result = self.check_password(email, password, source)
        if result is None:
            raise Rejected([FieldError("password", "or email address is wrong")])
        if result.challenge:
            return SignedIn(self._begin(email, CHALLENGE_SECONDS, result.challenge), awaits_code=True)
        return SignedIn(self.begin(email))

    def with_code(self, secret: str, code: str, source: str) -> SignedIn:
        """Ends the sign-in that awaits a code. Raises Rejected if the code is wrong or late."""
        session = self.sessions.get(ids.secret_id(secret))
        if session is None or not session.challenge or session.expires_at <= self.clock():
            raise Rejected([FieldError("code", "came too late: sign in again")])
        counted_until = self.check_guesses(session.email, source)
        if not self.directory.check_code(session.email, session.challenge, code.replace(" ", "")):
            self._log_refusal(session.email, source, "code")
            raise Rejected([FieldError("code", "is wrong: enter the one that your app shows now")])
        self._uncount(session.email, source, counted_until)
        self.sessions.delete(session.id)
        return SignedIn(self.begin(session.email))

    def begin(self, email: str) -> str:
        """Begins a session of a user whose identity is proved, and returns its secret."""
        user = self.users.update(email, signed_in_at=timestamps.iso(self.clock()))
        if user:
            self.audit(AuditAction.USER_SIGNED_IN, user.actor, email)
        return self._begin(email, SESSION_SECONDS)

    def check_password(self, email: str, password: str, source: str) -> PasswordResult | None:
        """Returns None if the address or the password is wrong. Raises TooManyGuessesError."""
        counted_until = self.check_guesses(email, source)
        user = self.users.get(email)
        # An unknown address is checked, too: the time of a refusal shows no difference.
        result = self.directory.check_password(email, password) if password else None
        if user is None or result is None:
            if user:  # an unknown address is no person of this stage
                self._log_refusal(email, source, "password")
            return None
        self._uncount(email, source, counted_until)
        return result

    def check_guesses(self, email: str, source: str, by_user: int = GUESSES_BY_USER) -> int:
        """Counts an attempt, and returns until when it counts. `by_user` limits those from all sources. Raises TooManyGuessesError."""
        end = self._end_of_count()
        limits = _limits(email, source) | {_user(email): by_user}
        if any(self.sessions.count_guess(name, end) > most for name, most in limits.items()):
            raise TooManyGuessesError
        return end

    def _uncount(self, email: str, source: str, end: int) -> None:
        """A right password or code was no guess: the people of an office share a source."""
        for name in _limits(email, source):
            self.sessions.count_guess(name, end, -1)

    def clear_guesses(self, email: str, source: str) -> None:
        """A person who proved their identity by a mailed link may sign in, however many others guessed."""
        end = self._end_of_count()
        for name in (_user_and_source(email, source), _user(email)):
            self.sessions.clear_guesses(name, end)

    def _end_of_count(self) -> int:
        return (int(self.clock()) // GUESS_SECONDS + 1) * GUESS_SECONDS

    def find(self, secret: str) -> User | None:
        """Returns the user of a session's secret, or None if the session is over or awaits a code."""
        session = self.sessions.get(ids.secret_id(secret)) if secret else None
        if session is None or session.challenge:
            return None
        user = self.users.get(session.email)
        return user if user and is_valid(session, user, self.clock()) else None

    def end(self, secret: str) -> None:
        if secret:
            self.sessions.delete(ids.secret_id(secret))

    def end_all(self, email: str) -> None:
        """Ends every session of the user, at once."""
        self.users.update(email, sessions_after=timestamps.iso(self.clock() + 0.001))
        self.directory.sign_out(email)

    def _log_refusal(self, email: str, source: str, wrong: str) -> None:
        """The limits of attempts bound the number of entries."""
        self.audit(AuditAction.USER_SIGN_IN_REFUSED, Actor(email), email, wrong=wrong, source=source)

    def _begin(self, email: str, seconds: int, challenge: str = "") -> str:
        secret, now = self.new_secret(), self.clock()
        self.sessions.put(
            Session(
                id=ids.secret_id(secret),
                email=email,
                began_at=timestamps.iso(now),
                expires_at=int(now) + seconds,
                challenge=challenge,
            )
        )
        return secret


def _limits(email: str, source: str) -> dict[str, int]:
    return {
        _user_and_source(email, source): GUESSES_BY_USER_AND_SOURCE,
        f"source {source}": GUESSES_BY_SOURCE,
        _user(email): GUESSES_BY_USER,
    }


def _user_and_source(email: str, source: str) -> str:
    return f"{email} {source}"


def _user(email: str) -> str:
    return f"user {email}"
