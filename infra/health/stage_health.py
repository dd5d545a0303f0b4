"""The deployed stage that doctor examines."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

from functions.settings import Settings
from functions.wiring.container import Container
from infra.deployed_stage import Clients, service_stack, stack_resources, state_stack


class StageHealth:
    """Reads each fact of the stage once."""

    def __init__(
        self,
        *,
        name: str,
        client: Clients,
        container: Container,
        outputs: Mapping[str, str],
        local: bool,
    ) -> None:
        self.name = name
        self.client = client
        self.container = container
        self.outputs = outputs
        self.local = local  # has no alarm addresses, and another version than the command is impossible

    @property
    def settings(self) -> Settings:
        return self.container.settings

    @property
    def now(self) -> float:
        return self.container.clock()

    @property
    def stacks(self) -> tuple[str, str]:
        return state_stack(self.name), service_stack(self.name)

    @cached_property
    def account(self) -> Mapping[str, Any]:
        """SES's answer of GetAccount."""
        answer: Mapping[str, Any] = self.client("sesv2").get_account()
        return answer

    @cached_property
    def functions(self) -> dict[str, str]:
        """Returns the deployed names of the functions, by their Lambda files. A function that was deleted by hand is absent."""
        client = self.client("lambda")
        names: dict[str, str] = {}
        for name in self.resources("AWS::Lambda::Function").values():
            with suppress(client.exceptions.ResourceNotFoundException):
                handler = client.get_function_configuration(FunctionName=name)["Handler"]
                names[handler.split(".")[1]] = name
        return names

    def function_of(self, arn: str) -> str:
        """Returns the Lambda file of a function, or its deployed name."""
        deployed = arn.rpartition(":")[2]
        return next((name for name, one in self.functions.items() if one == deployed), deployed)

    def resources(self, kind: str) -> dict[str, str]:
        """Returns the physical ids of both stacks' resources of a kind, by their logical ids."""
        return {
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for one in self._resources
            if one["ResourceType"] == kind
        }

    @cached_property
    def _resources(self) -> list[Mapping[str, Any]]:
        return [resource for stack in self.stacks for resource in stack_resources(stack, self.client)]
