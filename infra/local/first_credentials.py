"""The credentials that the local stack begins with: an API key, an SMTP token, and an administrator of the console."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from functions import wiring
from functions.core import ids, timestamps
from functions.core.access.actor import unrestricted
from functions.core.access.roles import Role
from functions.core.access.scopes import SCOPES
from functions.core.access.users import INVITATION_SECONDS, LinkPurpose, PasswordLink
from functions.i18n.languages import SOURCE
from functions.pages.access.passwords import LINK as SIGN_IN_LINK
from functions.steps.tokens.create_smtp_token import TokenRequest
from functions.wiring import Container
from infra.local.assembly import DOMAIN

OWNER = f"you@{DOMAIN}"
_BY = unrestricted(OWNER)


@dataclass(frozen=True, kw_only=True)
class FirstCredentials:
    api_key: str
    smtp_user: str
    smtp_password: str
    console_user: str
    console_password: str
    console_link: str  # signs in with one click, once


def create(container: Container) -> FirstCredentials:
    """Makes them of a new stage, all for its owner."""
    api_key, _ = container.get(wiring.access.create_api_key)("local", OWNER, SCOPES, _BY)
    request = TokenRequest(name="local", create_contact=True, created_by=OWNER)
    smtp = container.get(wiring.tokens.create_smtp_token)(request, _BY)
    return FirstCredentials(
        api_key=api_key,
        smtp_user=smtp.token.key_id,
        smtp_password=smtp.password,
        console_user=OWNER,
        console_password=_first_administrator(container),
        console_link=_sign_in_link(container),
    )


def _first_administrator(container: Container) -> str:
    """Returns the password of the owner, who is invited and has joined."""
    password = secrets.token_urlsafe(12)
    invitation = container.get(wiring.access.manage_users).invite(
        OWNER, Role.ADMINISTRATOR, _BY, language=SOURCE, mail=False
    )
    container.get(wiring.access.passwords).set_by_link(invitation.link.partition("key=")[2], password, source="")
    return password


def _sign_in_link(container: Container) -> str:
    """Returns a link that signs the owner in without a password. It exists on this machine only."""
    secret, now = secrets.token_urlsafe(32), time.time()
    link = PasswordLink(
        id=ids.secret_id(secret),
        email=OWNER,
        purpose=LinkPurpose.SIGN_IN,
        began_at=timestamps.iso(now),
        expires_at=int(now) + INVITATION_SECONDS,
    )
    container.get(wiring.adapters.access.sessions).put_link(link)
    return f"{container.settings.public_url}{SIGN_IN_LINK}?key={secret}"
