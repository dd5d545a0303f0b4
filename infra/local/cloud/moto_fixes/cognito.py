"""Cognito: checks the codes of a second factor, each of which works once (RFC 6238).

moto gives every user the same secret, and takes any code, so a wrong second factor would pass here and fail in AWS.
"""

from __future__ import annotations

import time
from typing import Any

import pyotp
from moto.cognitoidp.exceptions import NotAuthorizedError
from moto.cognitoidp.models import CognitoIdpBackend
from moto.core.exceptions import JsonRESTError

STEP_SECONDS = 30

_associate = CognitoIdpBackend.associate_software_token
_verify = CognitoIdpBackend.verify_software_token
_respond = CognitoIdpBackend.respond_to_auth_challenge


class WrongCodeError(JsonRESTError):  # type: ignore[misc]  # moto has no types here
    def __init__(self, name: str) -> None:
        super().__init__(name, "Invalid code received for user")


def install() -> None:
    CognitoIdpBackend.associate_software_token = associate_software_token
    CognitoIdpBackend.verify_software_token = verify_software_token
    CognitoIdpBackend.respond_to_auth_challenge = respond_to_auth_challenge


def associate_software_token(self: CognitoIdpBackend, access_token: str, session: str) -> dict[str, str]:
    answer: dict[str, str] = _associate(self, access_token, session)
    user = _user(self, access_token, session)
    user.totp_secret = pyotp.random_base32()
    return {**answer, "SecretCode": user.totp_secret}


def verify_software_token(
    self: CognitoIdpBackend, access_token: str, session: str, user_code: str, friendly_device_name: str
) -> dict[str, str]:
    if not _passes(_user(self, access_token, session), user_code):
        raise WrongCodeError("EnableSoftwareTokenMFAException")
    answer: dict[str, str] = _verify(self, access_token, session, user_code, friendly_device_name)
    return answer


def respond_to_auth_challenge(
    self: CognitoIdpBackend, session: str, client_id: str, challenge_name: str, challenge_responses: dict[str, str]
) -> dict[str, Any]:
    if challenge_name == "SOFTWARE_TOKEN_MFA" and session in self.sessions:
        user = _user(self, "", session)
        if not _passes(user, challenge_responses.get("SOFTWARE_TOKEN_MFA_CODE", "")):
            raise WrongCodeError("CodeMismatchException")
    answer: dict[str, Any] = _respond(self, session, client_id, challenge_name, challenge_responses)
    return answer


def _user(backend: CognitoIdpBackend, access_token: str, session: str) -> Any:
    """Raises NotAuthorizedError."""
    if session in backend.sessions:
        name, pool = backend.sessions[session]
        return backend.admin_get_user(pool.id, name)
    for pool in backend.user_pools.values():
        if access_token in pool.access_tokens:
            return backend.admin_get_user(pool.id, pool.access_tokens[access_token][1])
    raise NotAuthorizedError(access_token)


def _passes(user: Any, code: str) -> bool:
    """Takes the code of this half minute and of its neighbours, once."""
    totp, step = pyotp.TOTP(user.totp_secret), int(time.time()) // STEP_SECONDS
    used: set[int] = user.__dict__.setdefault("totp_used", set())
    for candidate in (step - 1, step, step + 1):
        if candidate not in used and code == totp.at(candidate * STEP_SECONDS):
            used.add(candidate)
            return True
    return False
