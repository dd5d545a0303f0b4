"""Cognito user pools with their clients, domains and groups."""

from typing import Any, Final

from infra.local.cloud.resources.model import CreatedResource, Model, Props, ResourceContext, no_update, pick, without

_NOT_IN_UPDATE: Final = ("AliasAttributes", "Schema", "UsernameAttributes", "UsernameConfiguration", "PoolName")


def _pool_settings(props: Props) -> dict[str, Any]:
    """Returns the pool's properties as the API names them. Another call sets EnabledMfas."""
    return without(props, "EnabledMfas", "UserPoolName")


def _create_pool(context: ResourceContext, props: Props) -> CreatedResource:
    name = props.get("UserPoolName") or context.name(128)
    pool = context.client("cognito-idp").create_user_pool(PoolName=name, **_pool_settings(props))["UserPool"]
    _set_mfa(context, pool["Id"], props)
    provider = f"cognito-idp.{context.region}.amazonaws.com/{pool['Id']}"
    names = {"UserPoolId": pool["Id"], "ProviderName": provider, "ProviderURL": f"https://{provider}"}
    return CreatedResource(pool["Id"], {"Arn": pool["Arn"], **names})


def _update_pool(context: ResourceContext, resource: CreatedResource, new: Props, _old: Props) -> CreatedResource:
    context.client("cognito-idp").update_user_pool(
        UserPoolId=resource.id, **without(_pool_settings(new), *_NOT_IN_UPDATE)
    )
    _set_mfa(context, resource.id, new)
    return resource


def _set_mfa(context: ResourceContext, pool_id: str, props: Props) -> None:
    if "MfaConfiguration" in props:
        token = {"SoftwareTokenMfaConfiguration": {"Enabled": "SOFTWARE_TOKEN_MFA" in props.get("EnabledMfas", [])}}
        context.client("cognito-idp").set_user_pool_mfa_config(
            UserPoolId=pool_id, MfaConfiguration=props["MfaConfiguration"], **token
        )


def _delete_pool(context: ResourceContext, resource: CreatedResource, _props: Props) -> None:
    context.client("cognito-idp").delete_user_pool(UserPoolId=resource.id)


def _create_client(context: ResourceContext, props: Props) -> CreatedResource:
    settings = {"ClientName": context.logical_id, **props}
    client = context.client("cognito-idp").create_user_pool_client(**settings)["UserPoolClient"]
    attributes = {"ClientId": client["ClientId"], "Name": client["ClientName"], **pick(client, "ClientSecret")}
    return CreatedResource(client["ClientId"], attributes)


def _update_client(context: ResourceContext, resource: CreatedResource, new: Props, _old: Props) -> CreatedResource:
    context.client("cognito-idp").update_user_pool_client(ClientId=resource.id, **without(new, "GenerateSecret"))
    return resource


def _delete_client(context: ResourceContext, resource: CreatedResource, props: Props) -> None:
    context.client("cognito-idp").delete_user_pool_client(UserPoolId=props["UserPoolId"], ClientId=resource.id)


def _create_domain(context: ResourceContext, props: Props) -> CreatedResource:
    answer = context.client("cognito-idp").create_user_pool_domain(**without(props, "ManagedLoginVersion"))
    return CreatedResource(props["Domain"], {"CloudFrontDistribution": answer.get("CloudFrontDomain", "")})


def _delete_domain(context: ResourceContext, resource: CreatedResource, props: Props) -> None:
    context.client("cognito-idp").delete_user_pool_domain(UserPoolId=props["UserPoolId"], Domain=resource.id)


def _create_group(context: ResourceContext, props: Props) -> CreatedResource:
    settings = {"GroupName": context.logical_id, **props}
    context.client("cognito-idp").create_group(**settings)
    return CreatedResource(settings["GroupName"])


def _update_group(context: ResourceContext, resource: CreatedResource, new: Props, _old: Props) -> CreatedResource:
    context.client("cognito-idp").update_group(**{**new, "GroupName": resource.id})
    return resource


def _delete_group(context: ResourceContext, resource: CreatedResource, props: Props) -> None:
    context.client("cognito-idp").delete_group(UserPoolId=props["UserPoolId"], GroupName=resource.id)


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
        no_update,
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
