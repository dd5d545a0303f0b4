"""Exports that another stack imports: CloudFormation neither deletes nor changes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moto.cloudformation.models import CloudFormationBackend, Stack


class ExportInUse(Exception):
    """The message is CloudFormation's."""


def check(backend: CloudFormationBackend, stack: Stack, current: Mapping[str, str]) -> None:
    """`current` has the values of the stack's exports after the operation. Raises ExportInUse."""
    for name, value in values(backend, stack).items():
        importer = next(_importers(backend, name), None)
        if importer and name not in current:
            raise ExportInUse(f"Export {name} cannot be deleted as it is in use by {importer}")
        if importer and current[name] != value:
            raise ExportInUse(f"Export {name} cannot be updated as it is in use by {importer}")


def values(backend: CloudFormationBackend, stack: Stack) -> dict[str, str]:
    """Returns the published exports of a stack."""
    return {
        name: export.value for name, export in backend.exports.items() if export.exporting_stack_id == stack.stack_id
    }


def _importers(backend: CloudFormationBackend, export: str) -> Iterator[str]:
    for stack in backend.stacks.values():
        if stack.resource_map.is_deployed and export in _imported(stack.template_dict):
            yield stack.name


def _imported(part: Any) -> Iterator[str]:
    """Yields the name in each Fn::ImportValue below a part of a template."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "Fn::ImportValue" and isinstance(value, str):
                yield value
            else:
                yield from _imported(value)
    elif isinstance(part, list):
        for item in part:
            yield from _imported(item)
