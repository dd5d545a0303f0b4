"""Whether API Gateway may invoke a function: by the function's resource policy, which `AWS::Lambda::Permission` writes.

A call's source is `<api>/<stage>/<method><path of the route>`, or `<api>/<stage>/$default` of the route for all other requests: one part
shorter, so the pattern `<api>/*/*/*` does not cover it.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from infra.local.cloud.iam.policy_evaluation import allows
from infra.local.gateway.routing import DEFAULT

if TYPE_CHECKING:
    from infra.local.cloud import Cloud
    from infra.local.gateway.routing import DeployedRoute

STAGE = "$default"
GATEWAY = "apigateway.amazonaws.com"


class InvokeDenied(Exception):
    """The function's policy does not let API Gateway invoke it: 500."""


class InvokePermissions:
    """Policies are read once for each function, until `clear`."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._policies: dict[str, dict[str, Any]] = {}

    def clear(self) -> None:
        self._policies.clear()

    async def check_route(self, function: str, api_id: str, route: DeployedRoute) -> None:
        """Raises InvokeDenied."""
        source = f"{api_id}/{STAGE}/{route_source(route.key)}"
        arn = f"arn:aws:execute-api:{self._cloud.region}:{self._cloud.account_id}:{source}"
        if function not in self._policies:
            self._policies[function] = await asyncio.to_thread(self._read, function)
        context = {"aws:sourcearn": [arn], "aws:sourceaccount": [self._cloud.account_id]}
        resource = f"arn:aws:lambda:{self._cloud.region}:{self._cloud.account_id}:function:{function}"
        if not allows([self._policies[function]], ("lambda:InvokeFunction", resource), context):
            raise InvokeDenied(f"{function}: no AWS::Lambda::Permission lets API Gateway invoke it for {arn}")

    def _read(self, function: str) -> dict[str, Any]:
        """Returns the statements for API Gateway. A function without a policy has none."""
        try:
            policy = json.loads(self._cloud.client("lambda").get_policy(FunctionName=function)["Policy"])
        except ClientError:
            return {"Statement": []}
        return {"Statement": [each for each in policy["Statement"] if each["Principal"] == {"Service": GATEWAY}]}


def route_source(key: str) -> str:
    """Returns a route's part of the source: `GET/path` for `GET /path`."""
    return key if key == DEFAULT else key.replace(" ", "", 1)
