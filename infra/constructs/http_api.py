"""The HTTP front: exactly the routes of functions/routes/table.py, every one behind the authorizer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_apigatewayv2_authorizers import HttpLambdaAuthorizer, HttpLambdaResponseType
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from functions.routes.http.route import Route
from infra.constructs.alarm import alarm
from infra.constructs.function import construct_id
from infra.constructs.lint import acknowledge

# Half of what an account gets by default, so that this API alone cannot starve the account's others.
RATE_PER_SECOND = 5000
BURST = 2500


@dataclass(frozen=True, kw_only=True)
class HttpApiRoutes:
    """`functions` by name of their Lambda file; `default` names the one that gets what no route key matches."""

    routes: Sequence[Route]
    functions: Mapping[str, lambda_.IFunction]
    default: str
    authorizer: lambda_.IFunction


class HttpApi(Construct):
    """API Gateway's HTTP API; its URL is `url`, without a slash at the end. It is made in two steps, since its functions know its URL."""

    def __init__(self, scope: Construct, name: str, api_name: str) -> None:
        super().__init__(scope, name)
        self.api = apigw.HttpApi(self, "Api", api_name=api_name, create_default_stage=False)
        self.url = self.api.api_endpoint
        self._make_stage()
        alarm(
            self,
            "ServerErrors",
            self.api.metric_server_error(period=Duration.minutes(5), statistic="Sum"),
            above=0,
            # API Gateway answers 500 and 503 for a function that crashed or was throttled: functions need no alarm of their own.
            meaning="Callers got 5xx answers: a function behind the API failed, timed out or was throttled.",
        )

    def serve(self, serving: HttpApiRoutes) -> None:
        """Add every route, each behind the authorizer."""
        # No identity source, so no cache: with one, API Gateway itself answers a missing header, in a body that is not
        # our contract's. So the authorizer lets every request in and its context tells the function whose it is.
        authorizer = HttpLambdaAuthorizer(
            "Authorizer",
            serving.authorizer,
            response_types=[HttpLambdaResponseType.SIMPLE],
            identity_source=[],
            results_cache_ttl=Duration.seconds(0),
        )
        integrations = {
            # One permission for the whole API: one per route would outgrow the function's policy (20 KB) at some 50 routes.
            name: HttpLambdaIntegration(construct_id(name), function, scope_permission_to_route=False)
            for name, function in serving.functions.items()
        }
        for route in serving.routes:
            self.api.add_routes(
                path=route.path,
                methods=[apigw.HttpMethod(route.method)],
                integration=integrations[route.function],
                authorizer=authorizer,
            )
        apigw.HttpRoute(
            self,
            "Default",
            http_api=self.api,
            route_key=apigw.HttpRouteKey.DEFAULT,
            integration=integrations[serving.default],
            authorizer=authorizer,
        )

    def _make_stage(self) -> None:
        stage = apigw.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            auto_deploy=True,
            throttle=apigw.ThrottleSettings(rate_limit=RATE_PER_SECOND, burst_limit=BURST),
        )
        acknowledge(
            stage,
            "AwsSolutions-APIG1",
            "Access logs would be a second, unexpiring copy of callers' addresses at $0.15 per million requests: "
            "accepted sends are in the sends table, refusals in the functions' logs, throttles and 5xx in the API's metrics.",
        )
