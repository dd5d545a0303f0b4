"""One HTTP API in the local cloud, and a client of its gateway."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from botocore.exceptions import ClientError

from infra.local.cloud import Cloud
from infra.local.gateway import Gateway
from tests.support.local.deployed import deploy_function


class Deployment:
    """Deploys one HTTP API whose routes call functions."""

    def __init__(self, cloud: Cloud, **settings: Any) -> None:
        self.client = cloud.client("apigatewayv2")
        self._cloud = cloud
        self.id = self.client.create_api(Name="api", ProtocolType="HTTP", **settings)["ApiId"]
        self._functions: dict[str, str] = {}

    def function(self, name: str) -> str:
        if name not in self._functions:
            self._functions[name] = deploy_function(self._cloud, name)
            self.permit(name, "*")
        return self._functions[name]

    def permit(self, function: str, source: str) -> None:
        """Replaces the permission of API Gateway. `source` comes after the API's id."""
        client = self._cloud.client("lambda")
        with suppress(ClientError):
            client.remove_permission(FunctionName=function, StatementId="gateway")
        client.add_permission(
            FunctionName=function,
            StatementId="gateway",
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:us-east-1:{self._cloud.account_id}:{self.id}/{source}",
        )

    def route(self, key: str, function: str, **integration: Any) -> None:
        settings = {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0"} | integration
        created = self.client.create_integration(ApiId=self.id, IntegrationUri=self.function(function), **settings)
        target = f"integrations/{created['IntegrationId']}"
        self.client.create_route(ApiId=self.id, RouteKey=key, Target=target)


@asynccontextmanager
async def serving(
    cloud: Cloud, functions: Any, api: str | None = None
) -> AsyncIterator[tuple[TestClient[Any, Any], Gateway]]:
    gateway = Gateway(cloud, functions, api)
    async with TestClient(TestServer(gateway.app)) as client:
        yield client, gateway


async def status_and_body(response: ClientResponse) -> tuple[int, Any]:
    return response.status, json.loads(await response.read())
