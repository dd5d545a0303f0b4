"""Creates, updates and deletes stacks.

As in AWS, a stack that fails rolls back: CreateStack and UpdateStack succeed, and the status and the stack's events show
the failure. moto leaves a failed stack half created and answers 500. It loses the outputs and exports of updates and change sets.
"""

import logging
from collections.abc import Callable
from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, Event, Stack
from moto.cloudformation.parsing import OutputMap

from infra.local.cloud.cloudformation import exports
from infra.local.cloud.cloudformation.stack_resources import ResourceFailed, check_types

_log = logging.getLogger(__name__)


def create(backend: CloudFormationBackend, stack: Stack) -> None:
    """Creates all resources of a new stack, or none of them."""
    _set_status(stack, "CREATE_IN_PROGRESS", "User Initiated")
    try:
        stack.resource_map.begin()
        stack.resource_map.create(stack.template_dict)
        _publish(backend, stack)
    except Exception as error:  # noqa: BLE001  (the deployment's boundary: the stack's events report any error)
        _fail(stack, error)
        _clear_outputs(stack)
        _roll_back(stack, lambda: stack.resource_map.delete(rolling_back=True), "ROLLBACK")
    else:
        _set_status(stack, "CREATE_COMPLETE")


def update(
    backend: CloudFormationBackend,
    stack: Stack,
    template: str,
    parameters: dict[str, Any] | None,
    tags: dict[str, str] | None,
) -> None:
    """Updates a stack to a new template, or rolls it back to the one that it had."""
    former, former_parameters = stack.template, stack.resource_map.input_parameters
    check_types(stack.parse_template(template))
    _set_status(stack, "UPDATE_IN_PROGRESS", "User Initiated")
    stack.resource_map.begin()
    try:
        _apply(backend, stack, template, parameters)
    except Exception as error:  # noqa: BLE001  (the deployment's boundary: the stack's events report any error)
        _fail(stack, error)
        _roll_back(
            stack, lambda: _apply(backend, stack, former, former_parameters, rolling_back=True), "UPDATE_ROLLBACK"
        )
        return
    stack.tags = stack.tags if tags is None else tags
    _set_status(stack, "UPDATE_COMPLETE")


def delete(backend: CloudFormationBackend, stack: Stack) -> None:
    """Deletes a stack and the resources that it does not retain."""
    if stack.enable_termination_protection:
        raise ValidationError(message=f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
    _set_status(stack, "DELETE_IN_PROGRESS", "User Initiated")
    try:
        exports.check(backend, stack, {})
        stack.resource_map.delete()
    except (ResourceFailed, exports.ExportInUse) as failed:
        _fail(stack, failed)
        _set_status(stack, "DELETE_FAILED", str(failed))
        return
    _remove_exports(backend, stack)
    _clear_outputs(stack)
    _set_status(stack, "DELETE_COMPLETE")
    backend.deleted_stacks[stack.stack_id] = backend.stacks.pop(stack.stack_id)


def _apply(
    backend: CloudFormationBackend,
    stack: Stack,
    template: str,
    parameters: dict[str, Any] | None,
    *,
    rolling_back: bool = False,
) -> None:
    stack.template = template
    stack._parse_template()  # noqa: SLF001  (moto's own way)
    stack.description = stack.template_dict.get("Description")
    stack.resource_map.update(stack.template_dict, parameters, rolling_back=rolling_back)
    stack.parameters = stack.resource_map.input_parameters
    _publish(backend, stack)


def _publish(backend: CloudFormationBackend, stack: Stack) -> None:
    """Computes the outputs again and exports them."""
    stack.output_map = stack._create_output_map()  # noqa: SLF001  (moto's own way)
    exports.check(backend, stack, {export.name: export.value for export in stack.exports})
    _remove_exports(backend, stack)
    backend._validate_export_uniqueness(stack)  # noqa: SLF001  (moto's own way)
    for export in stack.exports:
        backend.exports[export.name] = export


def _remove_exports(backend: CloudFormationBackend, stack: Stack) -> None:
    for name in [name for name, export in backend.exports.items() if export.exporting_stack_id == stack.stack_id]:
        del backend.exports[name]


def _clear_outputs(stack: Stack) -> None:
    """Clears the outputs: describing a stack evaluates them, which would create the resources that they refer to."""
    stack.output_map = OutputMap(stack.resource_map, {}, stack.stack_id)


def _roll_back(stack: Stack, work: Callable[[], None], verb: str) -> None:
    reason = stack.stack_status_reason
    try:
        work()
    except Exception as failed:  # noqa: BLE001  (the deployment's boundary: the stack's events report any error)
        _fail(stack, failed)
        _set_status(stack, f"{verb}_FAILED", f"{reason}; then {failed}")
    else:
        _set_status(stack, f"{verb}_COMPLETE", reason)


def _fail(stack: Stack, error: Exception) -> None:
    _log.warning("stack %s: %s", stack.name, error)
    stack.stack_status_reason = str(error)
    if isinstance(error, ResourceFailed):
        _event(stack, error.logical_id, error.type, error.status, str(error))


def _set_status(stack: Stack, status: str, reason: str | None = None) -> None:
    stack.status = status
    stack.stack_status_reason = reason
    _event(stack, stack.name, "AWS::CloudFormation::Stack", status, reason)


def _event(stack: Stack, logical_id: str, type_: str, status: str, reason: str | None) -> None:
    physical_id = stack.stack_id if logical_id == stack.name else logical_id
    stack.events.append(Event(stack.stack_id, stack.name, logical_id, physical_id, type_, status, reason, None))
