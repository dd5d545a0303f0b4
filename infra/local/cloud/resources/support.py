"""The types that a template may use here. A type that is neither ours nor moto's is refused: a stack without one of its
resources would look deployed, and the laptop would prove nothing about AWS.
"""

from collections.abc import Callable
from typing import Any, Final

# Types without effect on the service.
HARMLESS: Final = frozenset({"AWS::CDK::Metadata"})


def unsupported(type_: str, class_of: Callable[[str], Any]) -> str | None:
    """Returns why a template may not use `type_`, or None if it may. `class_of` returns the class that creates it, if any."""
    if type_.startswith("Custom::") or type_ == "AWS::CloudFormation::CustomResource":
        return "custom resources cannot run in the local cloud: use a type that AWS has, or a step of the installer"
    if class_of(type_) is None:
        return "the local cloud has no model of this type: add one in infra/local/cloud/resources"
    return None
