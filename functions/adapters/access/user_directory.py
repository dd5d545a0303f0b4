"""ports.UserDirectory on a Cognito user pool. Its own pages and mails are not used: ours are the same in every stage."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from functions.adapters.aws.errors import AwsError
from functions.core.errors import FieldError, Rejected, Retry
from functions.ports.access import PasswordResult

_WRONG = frozenset({"NotAuthorizedException", "UserNotFoundException", "PasswordResetRequiredException"})
_WRONG_CODE = frozenset({"CodeMismatchException", "EnableSoftwareTokenMFAException"})
_BUSY = frozenset({"TooManyRequestsException", "LimitExceededException", "TooManyFailedAttemptsException"})
TOTP = "SOFTWARE_TOKEN_MFA"


class CognitoUserDirectory(Struct, frozen=True):
    client: Any
    pool: str
    app: str  # the id of the pool's client

    def create(self, email: str) -> None:
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        try:
            self.client.admin_create_user(
                UserPoolId=self.pool, Username=email, UserAttributes=attributes, MessageAction="SUPPRESS"
            )
        except AwsError as error:
            _unless(error, "UsernameExistsException")

    def delete(self, email: str) -> None:
        try:
            self.client.admin_delete_user(UserPoolId=self.pool, Username=email)
        except AwsError as error:
            _unless(error, "UserNotFoundException")

    def set_password(self, email: str, password: str) -> None:
        try:
            self.client.admin_set_user_password(UserPoolId=self.pool, Username=email, Password=password, Permanent=True)
        except AwsError as error:
            _unless(error, "InvalidPasswordException", "InvalidParameterException")
            raise Rejected([FieldError("password", "needs at least 12 characters")]) from error

    def check_password(self, email: str, password: str) -> PasswordResult | None:
        try:
            answer = self.client.admin_initiate_auth(
                UserPoolId=self.pool,
                ClientId=self.app,
                AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": email, "PASSWORD": password},
            )
        except AwsError as error:
            if error.code in _BUSY:
                raise Retry("too many attempts to sign in", 60) from error
            _unless(error, *_WRONG, "InvalidParameterException")
            return None
        if answer.get("ChallengeName") == TOTP:
            return PasswordResult(challenge=answer["Session"])
        result = answer.get("AuthenticationResult")
        return PasswordResult(token=result["AccessToken"]) if result else None

    def check_code(self, email: str, challenge: str, code: str) -> bool:
        try:
            self.client.admin_respond_to_auth_challenge(
                UserPoolId=self.pool,
                ClientId=self.app,
                ChallengeName=TOTP,
                Session=challenge,
                ChallengeResponses={"USERNAME": email, "SOFTWARE_TOKEN_MFA_CODE": code},
            )
        except AwsError as error:
            if error.code in _WRONG_CODE:
                return False
            _unless(error, *_WRONG, "ExpiredCodeException")
            raise Rejected([FieldError("code", "came too late: sign in again")]) from error
        return True

    def begin_second_factor(self, token: str) -> str:
        return str(self.client.associate_software_token(AccessToken=token)["SecretCode"])

    def finish_second_factor(self, email: str, token: str, code: str) -> bool:
        try:
            answer = self.client.verify_software_token(AccessToken=token, UserCode=code)
        except AwsError as error:
            _unless(error, *_WRONG_CODE, *_WRONG, "InvalidParameterException")
            return False
        if answer.get("Status") != "SUCCESS":
            return False
        self._prefer(email, enabled=True)
        return True

    def remove_second_factor(self, email: str) -> None:
        self._prefer(email, enabled=False)

    def sign_out(self, email: str) -> None:
        self.client.admin_user_global_sign_out(UserPoolId=self.pool, Username=email)

    def _prefer(self, email: str, *, enabled: bool) -> None:
        self.client.admin_set_user_mfa_preference(
            UserPoolId=self.pool,
            Username=email,
            SoftwareTokenMfaSettings={"Enabled": enabled, "PreferredMfa": enabled},
        )


def _unless(error: AwsError, *codes: str) -> None:
    """Raises the error if it has none of the codes."""
    if error.code not in codes:
        raise error
