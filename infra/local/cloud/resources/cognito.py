"""Cognito user pools with their clients, domains and groups."""

from typing import Any, Final

from infra.local.cloud.resources.model import Made, Model, Props, Site, keep, picked, without

_NOT_IN_UPDATE: Final = ("AliasAttributes", "Schema", "UsernameAttributes", "UsernameConfiguration", "PoolName")


def _pool_settings(props: Props) -> dict[str, Any]:
    """The pool's properties as the API names them; EnabledMfas is set by a call of its own."""
    return without(props, "EnabledMfas", "UserPoolName")


def _create_pool(site: Site, props: Props) -> Made:
    name = props.get("UserPoolName") or site.name(128)
    pool = site.client("cognito-idp").create_user_pool(PoolName=name, **_pool_settings(props))["UserPool"]
    _set_mfa(site, pool["Id"], props)
    provider = f"cognito-idp.{site.region}.amazonaws.com/{pool['Id']}"
    names = {"UserPoolId": pool["Id"], "ProviderName": provider, "ProviderURL": f"https://{provider}"}
    return Made(pool["Id"], {"Arn": pool["Arn"], **names})


def _update_pool(site: Site, made: Made, new: Props, _old: Props) -> Made:
    site.client("cognito-idp").update_user_pool(UserPoolId=made.id, **without(_pool_settings(new), *_NOT_IN_UPDATE))
    _set_mfa(site, made.id, new)
    return made


def _set_mfa(site: Site, pool_id: str, props: Props) -> None:
    if "MfaConfiguration" in props:
        token = {"SoftwareTokenMfaConfiguration": {"Enabled": "SOFTWARE_TOKEN_MFA" in props.get("EnabledMfas", [])}}
        site.client("cognito-idp").set_user_pool_mfa_config(
            UserPoolId=pool_id, MfaConfiguration=props["MfaConfiguration"], **token
        )


def _delete_pool(site: Site, made: Made, _props: Props) -> None:
    site.client("cognito-idp").delete_user_pool(UserPoolId=made.id)


def _create_client(site: Site, props: Props) -> Made:
    settings = {"ClientName": site.logical_id, **props}
    client = site.client("cognito-idp").create_user_pool_client(**settings)["UserPoolClient"]
    attributes = {"ClientId": client["ClientId"], "Name": client["ClientName"], **picked(client, "ClientSecret")}
    return Made(client["ClientId"], attributes)


def _update_client(site: Site, made: Made, new: Props, _old: Props) -> Made:
    site.client("cognito-idp").update_user_pool_client(ClientId=made.id, **without(new, "GenerateSecret"))
    return made


def _delete_client(site: Site, made: Made, props: Props) -> None:
    site.client("cognito-idp").delete_user_pool_client(UserPoolId=props["UserPoolId"], ClientId=made.id)


def _create_domain(site: Site, props: Props) -> Made:
    answer = site.client("cognito-idp").create_user_pool_domain(**without(props, "ManagedLoginVersion"))
    return Made(props["Domain"], {"CloudFrontDistribution": answer.get("CloudFrontDomain", "")})


def _delete_domain(site: Site, made: Made, props: Props) -> None:
    site.client("cognito-idp").delete_user_pool_domain(UserPoolId=props["UserPoolId"], Domain=made.id)


def _create_group(site: Site, props: Props) -> Made:
    settings = {"GroupName": site.logical_id, **props}
    site.client("cognito-idp").create_group(**settings)
    return Made(settings["GroupName"])


def _update_group(site: Site, made: Made, new: Props, _old: Props) -> Made:
    site.client("cognito-idp").update_group(**{**new, "GroupName": made.id})
    return made


def _delete_group(site: Site, made: Made, props: Props) -> None:
    site.client("cognito-idp").delete_group(UserPoolId=props["UserPoolId"], GroupName=made.id)


MODELS = (
    Model(
        "AWS::Cognito::UserPool",
        _create_pool,
        _update_pool,
        _delete_pool,
        frozenset({"Arn", "ProviderName", "ProviderURL", "UserPoolId"}),
        frozenset({"AliasAttributes", "UsernameAttributes", "UsernameConfiguration"}),
    ),
    Model(
        "AWS::Cognito::UserPoolClient",
        _create_client,
        _update_client,
        _delete_client,
        frozenset({"ClientId", "ClientSecret", "Name"}),
        frozenset({"GenerateSecret", "UserPoolId"}),
    ),
    Model(
        "AWS::Cognito::UserPoolDomain",
        _create_domain,
        keep,
        _delete_domain,
        frozenset({"CloudFrontDistribution"}),
        frozenset({"Domain", "UserPoolId"}),
    ),
    Model(
        "AWS::Cognito::UserPoolGroup",
        _create_group,
        _update_group,
        _delete_group,
        replaced_by=frozenset({"GroupName", "UserPoolId"}),
    ),
)
