"""The stacks of one stage, as a test reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Resource = dict[str, Any]


@dataclass(frozen=True)
class Templates:
    """Both stacks of one stage as CloudFormation gets them."""

    folder: Path
    state: Mapping[str, Any]
    service: Mapping[str, Any]

    @property
    def resources(self) -> dict[str, Resource]:
        return {**self.state["Resources"], **self.service["Resources"]}

    def of_type(self, kind: str) -> dict[str, Resource]:
        return {name: resource for name, resource in self.resources.items() if resource["Type"] == kind}

    def properties(self, kind: str) -> dict[str, Any]:
        return {name: resource["Properties"] for name, resource in self.of_type(kind).items()}

    def functions(self) -> dict[str, Resource]:
        """Returns the properties of the functions, by the names of their Lambda files."""
        functions = self.properties("AWS::Lambda::Function").values()
        return {_lambda_file(function): function for function in functions}

    def lambda_file(self, reference: Any) -> str:
        """Returns the Lambda file of the function that a reference refers to."""
        return _lambda_file(self.resources[self.logical_id(reference)]["Properties"])

    def statements(self, function: Resource) -> list[dict[str, Any]]:
        """Returns the statements of a function's role."""
        role = self.resources[self.logical_id(function["Role"])]["Properties"]
        return [statement for policy in role["Policies"] for statement in policy["PolicyDocument"]["Statement"]]

    def logical_id(self, reference: Any) -> str:
        """Returns the resource that a Ref, GetAtt or import in the templates refers to."""
        match reference:
            case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
                return name
            case {"Fn::ImportValue": str(export)}:
                (value,) = (
                    output["Value"]
                    for output in self.state["Outputs"].values()
                    if output.get("Export", {}).get("Name") == export
                )
                return self.logical_id(value)
        raise AssertionError(f"{reference} points at no resource")


def as_list(value: Any) -> list[Any]:
    """IAM and CloudFormation take one value or a list of them."""
    return value if isinstance(value, list) else [value]


def _lambda_file(function: Resource) -> str:
    return str(function["Handler"]).split(".")[1]


Synthesize = Callable[..., Templates]
Assembly = Callable[..., Path]  # from a context and a region
