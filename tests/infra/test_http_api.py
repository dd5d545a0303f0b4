"""The routes of the API, and the functions that they call."""

from __future__ import annotations

from functions.routes.table import DEFAULT_FUNCTION, ROUTES
from infra.local.cloud.iam.policy_evaluation import arn_like
from tests.support.aws.cdk_templates import Templates

CONSOLE = {"GET /", "GET /console", "ANY /console/{proxy+}"}


def test_every_route_calls_the_function_of_the_table(templates: Templates) -> None:
    """There is one route more, for requests that match none, and those of the console. No authorizer is a second function of a request."""
    assert not templates.of_type("AWS::ApiGatewayV2::Authorizer")
    serving = {}
    for route in templates.properties("AWS::ApiGatewayV2::Route").values():
        assert route["AuthorizationType"] == "NONE"
        _, (_, integration) = route["Target"]["Fn::Join"]
        uri = templates.resources[templates.logical_id(integration)]["Properties"]["IntegrationUri"]
        serving[route["RouteKey"]] = templates.lambda_file(uri)
    pages = dict.fromkeys(CONSOLE, "console")
    assert serving == {**{route.key: route.function for route in ROUTES}, "$default": DEFAULT_FUNCTION, **pages}


def test_the_api_is_throttled_and_may_call_its_functions(templates: Templates) -> None:
    """One permission per function is enough for any number of routes. `$default` has another."""
    (stage,) = templates.properties("AWS::ApiGatewayV2::Stage").values()
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 5000, "ThrottlingBurstLimit": 2500}
    permitted = [
        templates.lambda_file(permission["FunctionName"])
        for permission in templates.properties("AWS::Lambda::Permission").values()
    ]
    assert sorted(permitted) == ["api", "api", "console", "single_send", "smtp_tokens"]


def test_every_route_may_call_its_function(templates: Templates) -> None:
    """API Gateway calls as `<api>/<stage>/<method><path>`, and for `$default` as `<api>/<stage>/$default`."""
    sources: dict[str, list[str]] = {}
    for permission in templates.properties("AWS::Lambda::Permission").values():
        assert permission["Action"] == "lambda:InvokeFunction"
        assert permission["Principal"] == "apigateway.amazonaws.com"
        _, parts = permission["SourceArn"]["Fn::Join"]
        text = "".join(part if isinstance(part, str) else part.get("Ref", "?") for part in parts)
        sources.setdefault(templates.lambda_file(permission["FunctionName"]), []).append(text)
    (api,) = templates.of_type("AWS::ApiGatewayV2::Api")
    account = "arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId"
    calls = [(route.function, f"{api}/$default/{route.key.replace(' ', '', 1)}") for route in ROUTES]
    for function, call in [*calls, (DEFAULT_FUNCTION, f"{api}/$default/$default")]:
        assert any(arn_like(source, f"{account}:{call}") for source in sources[function]), call
