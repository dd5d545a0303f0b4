"""HTTP APIs: API Gateway v2's APIs, stages, integrations, routes and authorizers."""

from typing import Any

from infra.local.cloud.resources.model import CreatedResource, Model, Props, ResourceContext, without


def _created_api(api: dict[str, Any]) -> CreatedResource:
    return CreatedResource(api["ApiId"], {"ApiId": api["ApiId"], "ApiEndpoint": api["ApiEndpoint"]})


def _create_api(context: ResourceContext, props: Props) -> CreatedResource:
    return _created_api(context.client("apigatewayv2").create_api(**{"Name": context.logical_id, **props}))


def _update_api(context: ResourceContext, resource: CreatedResource, new: Props, old: Props) -> CreatedResource:
    apis = context.client("apigatewayv2")
    if "CorsConfiguration" in old and "CorsConfiguration" not in new:
        apis.delete_cors_configuration(ApiId=resource.id)
    emptied = {name: "" for name in ("Description", "Version") if name in old}
    return _created_api(
        apis.update_api(ApiId=resource.id, **emptied, **without(new, "ProtocolType", "Tags")) | {"ApiId": resource.id}
    )


def _delete_api(context: ResourceContext, resource: CreatedResource, _props: Props) -> None:
    context.client("apigatewayv2").delete_api(ApiId=resource.id)


def _create_stage(context: ResourceContext, props: Props) -> CreatedResource:
    context.client("apigatewayv2").create_stage(**props)
    return CreatedResource(props["StageName"])


def _update_stage(context: ResourceContext, resource: CreatedResource, new: Props, old: Props) -> CreatedResource:
    """Creates the stage again: moto has no UpdateStage, and a stage consists of settings only."""
    _delete_stage(context, resource, old)
    return _create_stage(context, new)


def _delete_stage(context: ResourceContext, resource: CreatedResource, props: Props) -> None:
    context.client("apigatewayv2").delete_stage(ApiId=props["ApiId"], StageName=resource.id)


def _part(kind: str) -> Model:
    """Returns the model of a part of an API, with operations of its own name: CreateRoute, UpdateRoute, DeleteRoute."""
    id_field = f"{kind.title()}Id"

    def create(context: ResourceContext, props: Props) -> CreatedResource:
        part = _operation(context, "create", kind)(**props)
        return CreatedResource(part[id_field], {id_field: part[id_field]})

    def update(context: ResourceContext, current: CreatedResource, new: Props, old: Props) -> CreatedResource:
        """Replaces the part if the template drops a setting, which the API cannot do."""
        if old.keys() - new.keys():
            return create(context, new)
        _operation(context, "update", kind)(**{id_field: current.id}, **new)
        return current

    def delete(context: ResourceContext, current: CreatedResource, props: Props) -> None:
        _operation(context, "delete", kind)(ApiId=props["ApiId"], **{id_field: current.id})

    return Model(
        f"AWS::ApiGatewayV2::{kind.title()}", create, update, delete, frozenset({id_field}), frozenset({"ApiId"})
    )


def _operation(context: ResourceContext, verb: str, kind: str) -> Any:
    return getattr(context.client("apigatewayv2"), f"{verb}_{kind}")


MODELS = (
    Model(
        "AWS::ApiGatewayV2::Api",
        _create_api,
        _update_api,
        _delete_api,
        frozenset({"ApiId", "ApiEndpoint"}),
        frozenset({"ProtocolType"}),
    ),
    Model(
        "AWS::ApiGatewayV2::Stage",
        _create_stage,
        _update_stage,
        _delete_stage,
        replaced_by=frozenset({"ApiId", "StageName"}),
    ),
    _part("integration"),
    _part("route"),
    _part("authorizer"),  # of stages that an earlier commit deployed: an update deletes it
)
