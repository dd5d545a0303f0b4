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


Synthesize = Callable[..., Templates]
Assembly = Callable[..., Path]  # from a context and a region
