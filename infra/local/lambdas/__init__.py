"""Lambda on this machine: runs every deployed function in real runtime processes, with its deployed configuration."""

from infra.local.lambdas.configuration import function_name
from infra.local.lambdas.functions import MAX_ENVIRONMENTS, Functions
from infra.local.lambdas.result import (
    JSON,
    FunctionError,
    FunctionThrottled,
    InvocationRefused,
    PayloadTooLarge,
    Result,
    UnknownFunction,
)

__all__ = [
    "JSON",
    "MAX_ENVIRONMENTS",
    "FunctionError",
    "FunctionThrottled",
    "Functions",
    "InvocationRefused",
    "PayloadTooLarge",
    "Result",
    "UnknownFunction",
    "function_name",
]
