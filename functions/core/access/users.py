"""People of the console, and their sessions. Cognito has their passwords and second factors."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from functions.core.access.actor import Actor
from functions.core.access.roles import SCOPES_OF, Role

SESSION_SECONDS = 12 * 3600
INVITATION_SECONDS = 7 * 24 * 3600
RESET_SECONDS = 3600
ADDRESS_MAX = 128  # characters of a user's name in Cognito


class User(Struct, frozen=True, kw_only=True):
    """A person who may sign in. What a person made keeps their address when the user is removed."""

    email: str  # in lower case
    role: Role
    invited_at: str
    invited_by: str
    joined_at: str | None = None  # when the user set the first password
    signed_in_at: str | None = None
    sessions_after: str = ""  # sessions and links that began before are over
    second_factor: bool = False
    language: str = ""  # empty: the browser's
    zone: str = ""  # a name of the IANA database; empty: the browser's

    @property
    def actor(self) -> Actor:
        return Actor(self.email, SCOPES_OF[self.role])


class Session(Struct, frozen=True, kw_only=True):
    """`id` is the SHA-256 of the secret in the cookie. `challenge` is Cognito's text while the second factor is awaited."""

    id: str
    email: str
    began_at: str
    expires_at: int  # seconds since the epoch
    challenge: str = ""


class LinkPurpose(StrEnum):
    INVITATION = "invitation"
    RESET = "reset"
    SIGN_IN = "sign_in"  # without a password: only the local stack makes one


class PasswordLink(Struct, frozen=True, kw_only=True):
    """A link that sets a password, or signs in, once. `id` is the SHA-256 of its secret."""

    id: str
    email: str
    purpose: LinkPurpose
    began_at: str
    expires_at: int  # seconds since the epoch


def is_valid(one: Session | PasswordLink, user: User, now: float) -> bool:
    return one.expires_at > now and one.began_at >= user.sessions_after


def as_entered(text: str) -> str:
    """Returns what a person entered as their address as a user has it. What no user can have stays so, and can be a key of a table: it is
    cut after one character too many, and is never empty.
    """
    return text.strip().lower()[: ADDRESS_MAX + 1] or "nobody"
