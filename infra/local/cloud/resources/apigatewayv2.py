"""HTTP APIs: API Gateway v2's APIs, stages, integrations, routes and authorizers."""

from typing import Any

from infra.local.cloud.resources.model import Made, Model, Props, Site, without


def _api_made(api: dict[str, Any]) -> Made:
    return Made(api["ApiId"], {"ApiId": api["ApiId"], "ApiEndpoint": api["ApiEndpoint"]})


def _create_api(site: Site, props: Props) -> Made:
    return _api_made(site.client("apigatewayv2").create_api(**{"Name": site.logical_id, **props}))


def _update_api(site: Site, made: Made, new: Props, old: Props) -> Made:
    apis = site.client("apigatewayv2")
    if "CorsConfiguration" in old and "CorsConfiguration" not in new:
        apis.delete_cors_configuration(ApiId=made.id)
    emptied = {name: "" for name in ("Description", "Version") if name in old}
    return _api_made(
        apis.update_api(ApiId=made.id, **emptied, **without(new, "ProtocolType", "Tags")) | {"ApiId": made.id}
    )


def _delete_api(site: Site, made: Made, _props: Props) -> None:
    site.client("apigatewayv2").delete_api(ApiId=made.id)


def _create_stage(site: Site, props: Props) -> Made:
    site.client("apigatewayv2").create_stage(**props)
    return Made(props["StageName"])


def _update_stage(site: Site, made: Made, new: Props, old: Props) -> Made:
    """Set it anew: moto has no UpdateStage, and a stage is nothing but its settings."""
    _delete_stage(site, made, old)
    return _create_stage(site, new)


def _delete_stage(site: Site, made: Made, props: Props) -> None:
    site.client("apigatewayv2").delete_stage(ApiId=props["ApiId"], StageName=made.id)


def _part(kind: str) -> Model:
    """A part of an API, made, changed and deleted by operations of its own name: CreateRoute, UpdateRoute, DeleteRoute."""
    id_field = f"{kind.title()}Id"

    def create(site: Site, props: Props) -> Made:
        part = _operation(site, "create", kind)(**props)
        return Made(part[id_field], {id_field: part[id_field]})

    def update(site: Site, current: Made, new: Props, old: Props) -> Made:
        """The API cannot take a setting away: where the template does, a new part takes the old one's place."""
        if old.keys() - new.keys():
            return create(site, new)
        _operation(site, "update", kind)(**{id_field: current.id}, **new)
        return current

    def delete(site: Site, current: Made, props: Props) -> None:
        _operation(site, "delete", kind)(ApiId=props["ApiId"], **{id_field: current.id})

    return Model(
        f"AWS::ApiGatewayV2::{kind.title()}", create, update, delete, frozenset({id_field}), frozenset({"ApiId"})
    )


def _operation(site: Site, verb: str, kind: str) -> Any:
    return getattr(site.client("apigatewayv2"), f"{verb}_{kind}")


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
    _part("authorizer"),
)
