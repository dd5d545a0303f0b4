"""User pools, made by a stack."""

from __future__ import annotations

from typing import Any

from infra.local.cloud import Cloud
from tests.support.aws.cloudformation import attribute, ref, resource


def resources(minimum: int, description: str, validity: int) -> dict[str, Any]:
    policy = {"PasswordPolicy": {"MinimumLength": minimum}}
    return {
        "Pool": resource(
            "Cognito::UserPool",
            UserPoolName="people",
            Policies=policy,
            MfaConfiguration="OPTIONAL",
            EnabledMfas=["SOFTWARE_TOKEN_MFA"],
            UsernameAttributes=["email"],
            Schema=[{"Name": "email", "Required": True}],
        ),
        "Client": resource(
            "Cognito::UserPoolClient",
            UserPoolId=ref("Pool"),
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
            AccessTokenValidity=validity,
        ),
        "Domain": resource("Cognito::UserPoolDomain", UserPoolId=ref("Pool"), Domain="people-here"),
        "Group": resource(
            "Cognito::UserPoolGroup", UserPoolId=ref("Pool"), GroupName="admins", Description=description
        ),
    }


def test_a_pool_lives_and_dies_with_its_stack(cloud: Cloud, stacks: Any) -> None:
    """Pool, client, domain and group are created, changed in place and deleted."""
    cognito = cloud.client("cognito-idp")
    stacks.put("pool", resources(8, "one", 1), {"Url": {"Value": attribute("Pool", "ProviderURL")}})
    pool, client = stacks.id_of("pool", "Pool"), stacks.id_of("pool", "Client")
    assert stacks.outputs("pool")["Url"] == f"https://cognito-idp.us-east-1.amazonaws.com/{pool}"
    assert cognito.describe_user_pool_domain(Domain="people-here")["DomainDescription"]["UserPoolId"] == pool
    stacks.put("pool", resources(12, "two", 2))
    assert stacks.id_of("pool", "Pool") == pool
    described = cognito.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert described["Policies"]["PasswordPolicy"]["MinimumLength"] == 12
    assert (
        cognito.describe_user_pool_client(UserPoolId=pool, ClientId=client)["UserPoolClient"]["AccessTokenValidity"]
        == 2
    )
    assert cognito.get_group(UserPoolId=pool, GroupName="admins")["Group"]["Description"] == "two"
    stacks.delete("pool")
    assert not cognito.list_user_pools(MaxResults=10)["UserPools"]
