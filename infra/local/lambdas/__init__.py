"""Lambda on this machine: every deployed function in real runtime processes, under its deployed configuration."""

from infra.local.lambdas.configuration import function_name
from infra.local.lambdas.functions import MAX_ENVIRONMENTS, Functions
from infra.local.lambdas.result import (
    JSON,
    FunctionError,
    FunctionNotFound,
    InvocationRefused,
    PayloadTooLarge,
    Result,
    Throttled,
)

__all__ = [
    "JSON",
    "MAX_ENVIRONMENTS",
    "FunctionError",
    "FunctionNotFound",
    "Functions",
    "InvocationRefused",
    "PayloadTooLarge",
    "Result",
    "Throttled",
    "function_name",
]
