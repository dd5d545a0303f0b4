"""One synthesis for all template tests, and access to its result."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.app import synthesize
from infra.node import use_node_wheel

use_node_wheel()  # before a test module imports aws_cdk

Resource = dict[str, Any]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: fetches from package registries, or takes more than ten seconds")


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


@pytest.fixture(scope="session")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Synthesize:
    """Returns a function that synthesizes one stage, from its settings without their prefix, and reads its templates."""

    def run(**settings: object) -> Templates:
        context = {"staffetta:bundle": False} | {f"staffetta:{key}": value for key, value in settings.items()}
        folder = synthesize(context, tmp_path_factory.mktemp("cdk.out"))
        stage = settings.get("stage", "prod")
        state, service = (
            json.loads((folder / f"Staffetta-{stage}-{name}.template.json").read_text())
            for name in ("State", "Service")
        )
        return Templates(folder, state, service)

    return run


@pytest.fixture(scope="session")
def templates(synthesized: Synthesize) -> Templates:
    """The stage of cdk.json, with an email address for alarms as its only setting."""
    return synthesized(alarmEmail="oncall@acme.com")


@pytest.fixture(scope="session")
def local(synthesized: Synthesize) -> Templates:
    return synthesized(stage="local")
