"""The Cognito user pool of the console's people. There is no signing up: an administrator invites. Our own pages and mails replace Cognito's."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.constructs.lint import acknowledge

PASSWORD_LENGTH = 12


class UserPool(Construct):
    """A user's name is their email address. The console is the only client, and only a function's role may use it."""

    def __init__(self, scope: Construct, name: str, pool_name: str, removal_policy: RemovalPolicy) -> None:
        super().__init__(scope, name)
        pool = cognito.UserPool(
            self,
            "Pool",
            user_pool_name=pool_name,
            feature_plan=cognito.FeaturePlan.LITE,
            self_sign_up_enabled=False,
            sign_in_case_sensitive=False,
            account_recovery=cognito.AccountRecovery.NONE,
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
            password_policy=cognito.PasswordPolicy(
                min_length=PASSWORD_LENGTH,
                require_digits=False,
                require_lowercase=False,
                require_symbols=False,
                require_uppercase=False,
            ),
            removal_policy=removal_policy,
        )
        client = pool.add_client(
            "Console",
            auth_flows=cognito.AuthFlow(admin_user_password=True),
            disable_o_auth=True,
            prevent_user_existence_errors=True,
            access_token_validity=Duration.minutes(5),  # used once, to set up a second factor
            id_token_validity=Duration.minutes(5),
            refresh_token_validity=Duration.hours(1),
        )
        acknowledge(
            pool,
            "AwsSolutions-COG1",
            "Length is the rule (NIST SP 800-63B): mixtures of characters make passwords harder for people only.",
        )
        acknowledge(pool, "AwsSolutions-COG8", "Its price is for each user, and most of it is for Cognito's own pages.")
        acknowledge(pool, "AwsSolutions-COG2", "Each person decides on a second factor, and the console recommends it.")
        acknowledge(
            pool, "AwsSolutions-COG3", "Threat protection has a price for each user, and the console limits guesses."
        )
        self.pool_id, self.pool_arn, self.client_id = pool.user_pool_id, pool.user_pool_arn, client.user_pool_client_id
