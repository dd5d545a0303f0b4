"""The HTTP API: exactly the routes of functions/routes/table.py, whose functions check API keys, and the console, which has sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration, Stack
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from functions.http.route import Route
from infra.constructs.alarm import alarm
from infra.constructs.function import construct_id
from infra.constructs.lint import acknowledge
from infra.constructs.pace import pace


@dataclass(frozen=True, kw_only=True)
class HttpApiRoutes:
    """`functions` by the name of their Lambda file. `default` names the one for requests that no route key matches."""

    routes: Sequence[Route]
    functions: Mapping[str, lambda_.IFunction]
    default: str
    console: lambda_.IFunction


# An authorizer would be a second function for each request, and API Gateway would answer its refusals in a body of its own.
NO_AUTHORIZER = "AwsSolutions-APIG4"
KEYS = (
    "The functions themselves check the API key of every request, and refuse in the shape that HubSpot's clients read."
)
SESSIONS = "Pages have sessions: the console itself checks every request."
ROUTES_AT_ONCE = (
    10  # API Gateway takes ten management calls a second, and hundreds of routes at once conflict with each other
)
CONSOLE_ROUTES = (("GET", "/"), ("GET", "/console"), ("ANY", "/console/{proxy+}"))


class HttpApi(Construct):
    """API Gateway's HTTP API. Its URL `url` has no slash at the end. It is created in two steps, since its functions' settings have the URL."""

    def __init__(self, scope: Construct, name: str, api_name: str, throttle: apigw.ThrottleSettings) -> None:
        super().__init__(scope, name)
        self.api = apigw.HttpApi(self, "Api", api_name=api_name, create_default_stage=False)
        self.url = self.api.api_endpoint
        self._make_stage(throttle)
        alarm(
            self,
            "ServerErrors",
            self.api.metric_server_error(period=Duration.minutes(5), statistic="Sum"),
            above=0,
            # API Gateway answers 500 and 503 if a function crashes or is throttled, so functions need no alarm of their own.
            meaning="Callers get 5xx responses: a function behind the API fails, times out or is throttled. See the functions' logs.",
        )

    def map_host(self, host: str) -> None:
        """Maps a host of the stack ApiHost to this API. The name is fixed, so the host outlives the API."""
        apigw.CfnApiMapping(
            self, "Host", api_id=self.api.api_id, domain_name=host, stage="$default"
        ).node.add_dependency(self.stage)

    def serve(self, props: HttpApiRoutes) -> None:
        """Adds every route of the API, and those of the console."""
        integrations = {
            # One permission for the whole API: one per route would exceed the function's policy size (20 KB) at some 50 routes.
            name: HttpLambdaIntegration(construct_id(name), function, scope_permission_to_route=False)
            for name, function in props.functions.items()
        }
        # That pattern has a part too many for $default, whose calls come from `<api>/<stage>/$default`.
        props.functions[props.default].add_permission(
            "DefaultRoute",
            principal=iam.ServicePrincipal("apigateway.amazonaws.com"),
            source_arn=Stack.of(self).format_arn(
                service="execute-api", resource=self.api.http_api_id, resource_name="*/$default"
            ),
        )
        for route in props.routes:
            self._add_route(route.method, route.path, integrations[route.function], KEYS)
        default = apigw.HttpRoute(
            self,
            "Default",
            http_api=self.api,
            route_key=apigw.HttpRouteKey.DEFAULT,
            integration=integrations[props.default],
        )
        acknowledge(default, NO_AUTHORIZER, KEYS)
        pages = HttpLambdaIntegration("Console", props.console, scope_permission_to_route=False)
        for method, path in CONSOLE_ROUTES:
            self._add_route(method, path, pages, SESSIONS)
        routes = [resource for resource in self.node.find_all() if isinstance(resource, apigw.CfnRoute)]
        pace(routes, at_once=ROUTES_AT_ONCE)

    def _add_route(self, method: str, path: str, integration: HttpLambdaIntegration, checked: str) -> None:
        for added in self.api.add_routes(path=path, methods=[apigw.HttpMethod(method)], integration=integration):
            acknowledge(added, NO_AUTHORIZER, checked)

    def _make_stage(self, throttle: apigw.ThrottleSettings) -> None:
        self.stage = stage = apigw.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            auto_deploy=True,
            throttle=throttle,
        )
        acknowledge(
            stage,
            "AwsSolutions-APIG1",
            "Access logs would be a second copy of callers' addresses without expiry, at $0.15 per million requests: "
            "accepted sends are in the sends table, refusals in the functions' logs, throttles and 5xx in the API's metrics.",
        )
