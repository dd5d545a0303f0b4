"""The HTTP API in front of the functions: API Gateway v2 as deployed, on a local port."""

from infra.local.gateway.deployed import UnsupportedApi
from infra.local.gateway.server import Gateway

__all__ = ["Gateway", "UnsupportedApi"]
