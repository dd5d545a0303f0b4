"""The HTTP API in front of the functions: the deployed API Gateway v2, on a local port.

No library serves: moto stores HTTP APIs and serves none, LocalStack's and ministack's front ends are parts of their servers, and Mangum
converts in the other direction, from Lambda to ASGI.
"""

from infra.local.gateway.deployed import UnsupportedApi
from infra.local.gateway.server import Gateway

__all__ = ["Gateway", "UnsupportedApi"]
