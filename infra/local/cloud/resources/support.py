"""Which types a template may use here. What is neither ours nor moto's is refused: a stack that leaves out a resource
looks deployed and is not, and the laptop would then prove nothing about AWS.
"""

from collections.abc import Callable
from typing import Any, Final

# Types that do nothing to the service.
HARMLESS: Final = frozenset({"AWS::CDK::Metadata"})


def unsupported(type_: str, class_of: Callable[[str], Any]) -> str | None:
    """Why a template may not use `type_`, or None when it may. `class_of` gives the class that would make it, if any."""
    if type_.startswith("Custom::") or type_ == "AWS::CloudFormation::CustomResource":
        return "custom resources cannot run in the local cloud: use a type that AWS has, or a step of the installer"
    if class_of(type_) is None:
        return "the local cloud has no model of this type: add one in infra/local/cloud/resources"
    return None
