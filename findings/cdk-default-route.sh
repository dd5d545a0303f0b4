#!/usr/bin/env bash
# Guess:   an HttpLambdaIntegration with scope_permission_to_route=False lets the API call the function by every route.
# Really:  its one permission ends in /*/*/*, and API Gateway calls by the $default route under a name one part shorter,
#          <api>/<stage>/$default. Without the setting, CDK grants that route /*/*.
# Seen:    aws-cdk-lib 2.275.0.
# Matters: the setting is what large APIs use against the limit of a function's policy. Then whatever no other route takes, such
#          as a path with a slash at its end, is a 500, and no test of the routes by name shows it.
# Source:  aws/serverless-application-model, issue 1860; terraform-aws-modules/terraform-aws-apigateway-v2, issue 41.
set -euo pipefail
source "$(dirname "$0")/_lib.sh"

cdk constructs==10.8.1
seen=$(python - <<'PY'
import re

from aws_cdk import App, Stack, assertions
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_lambda as functions
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration


def permission(**settings):
    """The end of the ARN that the $default route's permission is for."""
    stack = Stack(App(), "Mail")
    code = functions.Code.from_inline("def handler(event, context): pass")
    api = functions.Function(stack, "Api", runtime=functions.Runtime.PYTHON_3_13, handler="index.handler", code=code)
    integration = HttpLambdaIntegration("Integration", api, **settings)
    gateway.HttpApi(stack, "Http", default_integration=integration)
    (granted,) = assertions.Template.from_stack(stack).find_resources("AWS::Lambda::Permission").values()
    return granted["Properties"]["SourceArn"]["Fn::Join"][1][-1]


for settings in ({}, {"scope_permission_to_route": False}):
    pattern = permission(**settings)
    for call in ("/$default/GET/emails", "/$default/$default"):
        matches = re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), call) is not None
        print(f"{settings}: {pattern} allows a call as {call}: {matches}")
PY
)
expect <<'SEEN'
{}: /*/* allows a call as /$default/GET/emails: True
{}: /*/* allows a call as /$default/$default: True
{'scope_permission_to_route': False}: /*/*/* allows a call as /$default/GET/emails: True
{'scope_permission_to_route': False}: /*/*/* allows a call as /$default/$default: False
SEEN
