#!/usr/bin/env bash
# Guess:   moto's Cognito checks a time-based code, since it can compute one.
# Really:  every user gets the same fixed secret, and no code is compared with it: the first that comes is SUCCESS. (moto is a
#          mock and makes no promise here; Cognito itself checks.)
# Seen:    moto 5.2.5.
# Matters: "a wrong second factor is refused" is the test that a console's sign-in needs most, and on moto it cannot fail.
# Source:  moto/cognitoidp/models.py, COGNITO_TOTP_MFA_SECRET and verify_software_token.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

pypi 'moto[cognitoidp]==5.2.5' boto3==1.44.8 botocore==1.44.8 pyotp==2.12.1
seen=$(python - <<'PY'
import boto3
import pyotp
from moto import mock_aws

PASSWORD = "A-mock-passw0rd"
with mock_aws():
    cognito = boto3.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="console")["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="pages", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    for name in ("ann", "bob"):
        cognito.admin_create_user(UserPoolId=pool, Username=name)
        cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True)
        token = cognito.admin_initiate_auth(
            UserPoolId=pool,
            ClientId=client,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
        )["AuthenticationResult"]["AccessToken"]
        secret = cognito.associate_software_token(AccessToken=token)["SecretCode"]
        foreign_code = pyotp.TOTP(pyotp.random_base32()).at(0)
        answer = cognito.verify_software_token(AccessToken=token, UserCode=foreign_code)
        print(f"{name}: secret {secret}, a code of another secret: {answer['Status']}")
PY
)
expect <<'SEEN'
ann: secret asdfasdfasdf, a code of another secret: SUCCESS
bob: secret asdfasdfasdf, a code of another secret: SUCCESS
SEEN
