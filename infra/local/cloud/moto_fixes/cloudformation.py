"""CloudFormation: our engine of stacks instead of moto's, and corrections that the CDK CLI needs.

- UsePreviousValue of a parameter that was never set raises KeyError in moto. In a change set, moto takes the value of an
  SSM parameter for its name.
- DescribeChangeSet of a deleted change set: the CLI waits for ChangeSetNotFound, but moto answers ValidationError. An unknown
  change set makes DeleteChangeSet fail. moto finds change sets by name only, and the CLI gives all of them one name.
- UpdateTerminationProtection is missing, and the CLI calls it. DescribeStacks does not report the protection.
- Templates are JSON, but moto reads them with the slow YAML parser (60 ms for 59 resources against 0.3 ms, several times per deployment).
"""

import json
from typing import Any

from moto.cloudformation import models
from moto.cloudformation.exceptions import AlreadyExistsException, CloudFormationError, ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult

from infra.local.cloud.cloudformation import stacks
from infra.local.cloud.cloudformation.stack_resources import Resources, check_types

_parse_yaml = Stack.parse_template
_resolve_update_parameters = CloudFormationBackend._resolve_update_parameters  # noqa: SLF001  (the method to fix)
_describe_change_set = CloudFormationBackend.describe_change_set
_create_change_set = CloudFormationBackend.create_change_set


class ChangeSetNotFound(CloudFormationError):  # type: ignore[misc]  # moto has no stubs
    code = "ChangeSetNotFound"


def install() -> None:
    models.ResourceMap = Resources
    Stack.parse_template = staticmethod(parse)
    ChangeSet._parse_template = _parse_change_set  # noqa: SLF001  (the method to fix)
    CloudFormationResponse.update_termination_protection = update_termination_protection
    CloudFormationBackend.create_stack = create_stack
    CloudFormationBackend.update_stack = update_stack
    CloudFormationBackend.delete_stack = delete_stack
    CloudFormationBackend.create_change_set = create_change_set
    CloudFormationBackend.describe_change_set = describe_change_set
    CloudFormationBackend.execute_change_set = execute_change_set
    CloudFormationBackend.delete_change_set = delete_change_set
    CloudFormationBackend._resolve_update_parameters = resolve_update_parameters  # noqa: SLF001  (the method to fix)


def parse(template: str) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = json.loads(template)
    except ValueError:
        parsed = _parse_yaml(template)
    return parsed


def _parse_change_set(self: ChangeSet) -> None:
    self.template_dict = parse(self.template)


def create_stack(
    self: CloudFormationBackend, name: str, template: str, parameters: dict[str, Any], **settings: Any
) -> Stack:
    if any(stack.name == name for stack in self.stacks.values()):
        raise AlreadyExistsException(f"Stack [{name}] already exists")
    stack = Stack(
        stack_id=models.generate_stack_id(name, self.region_name, self.account_id),
        name=name,
        template=template,
        parameters=parameters,
        account_id=self.account_id,
        region_name=self.region_name,
        cross_stack_resources=self.exports,
        **settings,
    )
    self.stacks[stack.stack_id] = stack
    stacks.create(self, stack)
    return stack


def update_termination_protection(self: CloudFormationResponse) -> ActionResult:
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection")
    return ActionResult({"StackId": stack.stack_id})


def update_stack(
    self: CloudFormationBackend,
    name: str,
    template: str,
    role_arn: str | None,
    parameters: list[dict[str, Any]],
    tags: dict[str, str] | None,
) -> Stack:
    stack = self.get_stack(name)
    stack.role_arn = role_arn
    stacks.update(self, stack, template, resolve_update_parameters(self, stack, parameters), tags)
    return stack


def delete_stack(self: CloudFormationBackend, name_or_stack_id: str) -> None:
    for stack in [stack for stack in self.stacks.values() if name_or_stack_id in {stack.name, stack.stack_id}]:
        stacks.delete(self, stack)


def resolve_update_parameters(
    self: CloudFormationBackend, instance: Any, incoming_params: list[dict[str, Any]]
) -> dict[str, str]:
    """Returns the parameters' new values. UsePreviousValue of a parameter that was never set leaves it at its default."""
    settable = [
        parameter
        for parameter in incoming_params
        if not parameter.get("UsePreviousValue") or parameter["ParameterKey"] in instance.parameters
    ]
    resolved: dict[str, str] = _resolve_update_parameters(self, instance, settable)
    return resolved


def create_change_set(
    self: CloudFormationBackend,
    stack_name: str,
    change_set_name: str,
    template: str,
    parameters: dict[str, str],
    **settings: Any,
) -> tuple[str, str]:
    body = parse(template)
    check_types(body)
    stack = next((stack for stack in self.stacks.values() if stack.name == stack_name), None)
    if stack:
        parameters = _with_ssm_names(parameters, stack, body.get("Parameters", {}))
    identifiers: tuple[str, str] = _create_change_set(
        self, stack_name, change_set_name, template, parameters, **settings
    )
    return identifiers


def _with_ssm_names(parameters: dict[str, str], stack: Stack, slots: dict[str, Any]) -> dict[str, str]:
    """Returns the parameters, with the names of SSM parameters in place of the values that moto took for their previous values."""
    resolved, inputs = stack.stack_parameters, stack.resource_map.input_parameters
    looked_up = [
        name
        for name, value in parameters.items()
        if slots.get(name, {}).get("Type", "").startswith("AWS::SSM::") and resolved.get(name) == value
    ]
    others = {name: value for name, value in parameters.items() if name not in looked_up}
    return others | {name: inputs[name] for name in looked_up if name in inputs}


def describe_change_set(self: CloudFormationBackend, change_set_name: str) -> ChangeSet:
    try:
        return _describe_change_set(self, change_set_name)
    except ValidationError:
        raise ChangeSetNotFound(f"ChangeSet [{change_set_name}] does not exist") from None


def execute_change_set(self: CloudFormationBackend, change_set_name: str, stack_name: str | None = None) -> None:
    change_set = describe_change_set(self, change_set_name)
    stack = change_set.stack
    if change_set.change_set_type == "CREATE":
        stack.template, stack.parameters = change_set.template, change_set.parameters
        stack._parse_template()  # noqa: SLF001  (moto's own way)
        stack.cross_stack_resources = self.exports
        stack.resource_map = stack._create_resource_map()  # noqa: SLF001  (moto's own way)
        stacks.create(self, stack)
    else:
        stacks.update(self, stack, change_set.template, change_set.parameters, change_set.tags)
    change_set.execution_status = "EXECUTE_COMPLETE"


def delete_change_set(self: CloudFormationBackend, change_set_name: str) -> None:
    for id_, change_set in list(self.change_sets.items()):
        if change_set_name in {id_, change_set.change_set_name}:
            del self.change_sets[id_]
