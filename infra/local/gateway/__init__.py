"""The HTTP API in front of the functions: API Gateway v2 as deployed, on a local port.

No library serves: moto keeps HTTP APIs and serves none, LocalStack's and ministack's front ends are parts of their servers, and Mangum
goes the other way, from Lambda to ASGI.
"""

from infra.local.gateway.deployed import UnsupportedApi
from infra.local.gateway.server import Gateway

__all__ = ["Gateway", "UnsupportedApi"]
