"""HTTP APIs, made by a stack."""

from __future__ import annotations

from typing import Any

from infra.local.cloud import Cloud
from tests.support.aws.cloudformation import attribute, ref, resource


def resources(**changes: Any) -> dict[str, Any]:
    target = {"Fn::Join": ["/", ["integrations", ref("Integration")]]}
    guarded = {"AuthorizationType": "CUSTOM", "AuthorizerId": ref("Authorizer")} if changes.get("guarded", True) else {}
    return {
        "Api": resource("ApiGatewayV2::Api", Name=changes.get("name", "api"), ProtocolType="HTTP"),
        "Stage": resource(
            "ApiGatewayV2::Stage", ApiId=ref("Api"), StageName="$default", AutoDeploy=changes.get("deploy", True)
        ),
        "Integration": resource(
            "ApiGatewayV2::Integration",
            ApiId=ref("Api"),
            IntegrationType="AWS_PROXY",
            IntegrationUri=changes.get("uri", "arn:one"),
            PayloadFormatVersion="2.0",
        ),
        "Authorizer": resource(
            "ApiGatewayV2::Authorizer",
            ApiId=ref("Api"),
            Name="keys",
            AuthorizerType="REQUEST",
            AuthorizerUri="arn:auth",
            IdentitySource=["$request.header.Authorization"],
            AuthorizerPayloadFormatVersion="2.0",
            EnableSimpleResponses=True,
            AuthorizerResultTtlInSeconds=changes.get("ttl", 300),
        ),
        "Route": resource("ApiGatewayV2::Route", ApiId=ref("Api"), RouteKey="GET /x", Target=target, **guarded),
    }


def test_an_api_has_its_routes(cloud: Cloud, stacks: Any) -> None:
    """The API returns the route, integration, authorizer and stage."""
    stacks.put("api", resources(), {"Url": {"Value": attribute("Api", "ApiEndpoint")}})
    apis, api = cloud.client("apigatewayv2"), stacks.id_of("api", "Api")
    route = apis.get_routes(ApiId=api)["Items"][0]
    assert route["Target"] == f"integrations/{stacks.id_of('api', 'Integration')}"
    assert route["AuthorizerId"] == stacks.id_of("api", "Authorizer")
    assert apis.get_stage(ApiId=api, StageName="$default")["AutoDeploy"] is True
    assert stacks.outputs("api")["Url"] == f"https://{api}.execute-api.us-east-1.amazonaws.com"


def test_updates_change_the_parts(cloud: Cloud, stacks: Any) -> None:
    """Settings change in place. A route that loses its authorizer is a new route, and the old one is deleted."""
    stacks.put("apiu", resources())
    apis, api = cloud.client("apigatewayv2"), stacks.id_of("apiu", "Api")
    integration = stacks.id_of("apiu", "Integration")
    stacks.put("apiu", resources(name="renamed", uri="arn:two", ttl=60, deploy=False, guarded=False))
    assert apis.get_api(ApiId=api)["Name"] == "renamed"
    assert apis.get_integration(ApiId=api, IntegrationId=integration)["IntegrationUri"] == "arn:two"
    assert (
        apis.get_authorizer(ApiId=api, AuthorizerId=stacks.id_of("apiu", "Authorizer"))["AuthorizerResultTtlInSeconds"]
        == 60
    )
    assert apis.get_stage(ApiId=api, StageName="$default")["AutoDeploy"] is False
    (route,) = apis.get_routes(ApiId=api)["Items"]
    assert route["AuthorizationType"] == "NONE"


def test_the_stack_leaves_nothing(cloud: Cloud, stacks: Any) -> None:
    """A deleted stack's API is gone."""
    stacks.put("apid", resources())
    api = stacks.id_of("apid", "Api")
    stacks.delete("apid")
    assert api not in {item["ApiId"] for item in cloud.client("apigatewayv2").get_apis()["Items"]}
