"""Exceptions to rules of cdk-nag and cfn-lint. The construct that needs an exception declares it, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aws_cdk import Acknowledgment, CfnResource, Stack, Validations
from constructs import IConstruct


@dataclass(frozen=True)
class Wildcard:
    """An ARN with a `*`, and the reason why no exact ARN serves."""

    arn: str
    reason: str


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Acknowledges a finding. `rule` is as cdk-nag prints it, such as AwsSolutions-S1."""
    Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=reason))


def acknowledge_wildcard(construct: IConstruct, resource: Wildcard) -> None:
    """Lets a role or policy name this one resource: cdk-nag requires one acknowledgment for each."""
    printed = _printed(Stack.of(construct).resolve(resource.arn))
    acknowledge(construct, f"AwsSolutions-IAM5[Resource::{printed}]", resource.reason)


def ignore(construct: IConstruct, rule: str) -> None:
    """Disables one rule of cfn-lint, such as W3005, for a construct's own resource, or for a stack's whole template."""
    metadata = {"config": {"ignore_checks": [rule]}}
    if isinstance(construct, Stack):
        construct.template_options.metadata = {"cfn-lint": metadata}
        return
    resource = construct.node.default_child
    if not isinstance(resource, CfnResource):
        raise TypeError(f"{construct.node.path} has no resource of its own for {rule}")
    resource.add_metadata("cfn-lint", metadata)


def _printed(value: Any) -> str:
    """Returns an ARN as cdk-nag prints it: an import by its export's name, a reference in angle brackets."""
    match value:
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(_printed(part) for part in parts)
        case {"Fn::ImportValue": name}:
            return str(name)
        case {"Ref": name}:
            return f"<{name}>"
        case str():
            return value
        case _:
            raise TypeError(
                f"{value!r} is not a text, import or reference: extend _printed to print it as cdk-nag does"
            )
