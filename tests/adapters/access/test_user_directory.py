"""ports.UserDirectory: one suite on the fake and on Cognito in moto, whose codes the local cloud checks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pyotp
import pytest

from functions.adapters.access.user_directory import CognitoUserDirectory
from functions.adapters.aws.boto3_client import SdkClient
from functions.core.errors import Rejected
from functions.ports.access import UserDirectory
from tests.fakes.access import MemoryUserDirectory
from tests.support.aws.cloud import aws_of

ADA, PASSWORD = "ada@example.com", "correct horse battery"


@pytest.fixture(params=["memory", "cognito"])
def directory(request: pytest.FixtureRequest) -> Iterator[UserDirectory]:
    if request.param == "memory":
        yield MemoryUserDirectory()
        return
    aws_of(request)
    client = boto3.client("cognito-idp")
    mixtures = dict.fromkeys(("RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols"), False)
    policy: Any = {"PasswordPolicy": {"MinimumLength": 12, **mixtures}}
    pool = client.create_user_pool(PoolName="people", Policies=policy, MfaConfiguration="OPTIONAL")["UserPool"]["Id"]
    app = client.create_user_pool_client(UserPoolId=pool, ClientName="console")["UserPoolClient"]["ClientId"]
    yield CognitoUserDirectory(SdkClient(client), pool, app)
    client.delete_user_pool(UserPoolId=pool)


@pytest.fixture
def ada(directory: UserDirectory) -> UserDirectory:
    directory.create(ADA)
    directory.set_password(ADA, PASSWORD)
    return directory


def token(directory: UserDirectory) -> str:
    result = directory.check_password(ADA, PASSWORD)
    assert result
    return result.token


def with_second_factor(directory: UserDirectory) -> pyotp.TOTP:
    access = token(directory)
    totp = pyotp.TOTP(directory.begin_second_factor(access))
    assert directory.finish_second_factor(ADA, access, totp.at(time.time() - 30))
    return totp


def test_only_the_right_password_passes(ada: UserDirectory) -> None:
    assert token(ada)
    assert ada.check_password(ADA, "wrong horse battery") is None
    assert ada.check_password("nobody@example.com", PASSWORD) is None


def test_a_user_without_a_password_cannot_sign_in(directory: UserDirectory) -> None:
    directory.create(ADA)
    directory.create(ADA)
    assert directory.check_password(ADA, PASSWORD) is None
    assert directory.check_password(ADA, "") is None


def test_a_short_password_is_refused(ada: UserDirectory) -> None:
    with pytest.raises(Rejected):
        ada.set_password(ADA, "short")
    assert token(ada)


def test_a_deleted_user_cannot_sign_in(ada: UserDirectory) -> None:
    ada.delete(ADA)
    ada.delete(ADA)
    assert ada.check_password(ADA, PASSWORD) is None


def test_a_wrong_first_code_sets_up_nothing(ada: UserDirectory) -> None:
    access = token(ada)
    ada.begin_second_factor(access)
    assert not ada.finish_second_factor(ADA, access, "000000")
    assert not ada.finish_second_factor(ADA, "no token", "000000")
    assert token(ada)


def test_a_second_factor_takes_the_right_code_once(ada: UserDirectory) -> None:
    totp = with_second_factor(ada)
    result = ada.check_password(ADA, PASSWORD)
    assert result
    assert result.challenge
    assert not result.token
    assert not ada.check_code(ADA, result.challenge, "000000")
    code = totp.now()
    assert ada.check_code(ADA, result.challenge, code)
    again = ada.check_password(ADA, PASSWORD)
    assert again
    assert not ada.check_code(ADA, again.challenge, code), "a code works once"


def test_a_removed_second_factor_is_not_needed(ada: UserDirectory) -> None:
    with_second_factor(ada)
    ada.remove_second_factor(ADA)
    assert token(ada)


def test_every_token_ends_at_once(ada: UserDirectory) -> None:
    ada.sign_out(ADA)
    assert token(ada), "signing in again works"
