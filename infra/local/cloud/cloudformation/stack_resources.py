"""Creates, updates and deletes a stack's resources to match a template.

This replaces moto's engine. That one updates only resources whose template text changed, so a resource whose neighbour was
replaced keeps the old address. It also deletes before it creates, in any order, and deletes resources that are to be retained.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.parsing import ResourceMap, clean_json, parse_and_create_resource, parse_and_update_resource

from infra.local.cloud.resources.support import unsupported

Template = dict[str, Any]


class ResourceFailed(Exception):
    """A resource could not be created, updated or deleted."""

    def __init__(self, logical_id: str, type_: str, verb: str, reason: str) -> None:
        super().__init__(f"{type_} {logical_id}: {reason}")
        self.logical_id = logical_id
        self.type = type_
        self.status = f"{verb}_FAILED"


class Resources(ResourceMap):  # type: ignore[misc]  # moto has no stubs
    """A stack's resources by logical id. Reading one creates or updates it, after the resources that it needs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._resolved: dict[str, Any] = {}
        self._stale: set[str] = set()
        self._replaced: list[tuple[str, Any, Any]] = []
        self._new: set[str] = set()  # created by the current operation

    @property
    def is_deployed(self) -> bool:
        return bool(self._resolved)

    def load(self) -> None:
        check_types(self._template)
        super().load()

    def __getitem__(self, key: str) -> Any:
        if key in self._stale:
            self._stale.discard(key)
            self._refresh(key)
        elif key not in self._parsed_resources and key in self._resource_json_map:
            self._create(key)
        if key not in self._parsed_resources and key in self._resource_json_map:
            return None  # its condition is false
        return super().__getitem__(key)

    def begin(self) -> None:
        """Begins an operation. Its rollback also deletes what it created under `RetainExceptOnCreate`."""
        self._new = set()

    def create(self, template: Template) -> bool:
        self._template = template
        self._resource_json_map = dict(template["Resources"])
        self._walk()
        return True

    def update(
        self, template: Template, parameters: Mapping[str, Any] | None = None, *, rolling_back: bool = False
    ) -> None:
        """Updates every resource to `template`, dependencies first, then deletes the replaced and removed ones."""
        check_types(template)
        former = self._resource_json_map
        self._template, self._resource_json_map = template, dict(template["Resources"])
        if parameters:
            self.input_parameters = parameters
        self.resolved_parameters: dict[str, Any] = {}
        self.load_mapping()
        self.load_parameters()
        self.load_conditions()
        self._stale = {name for name in self._deployed() if name in self._resource_json_map}
        self._walk()
        self._clean_up(former, rolling_back=rolling_back)

    def delete(self, *, rolling_back: bool = False) -> None:
        """Deletes every resource that is not retained, the last created first.

        A deleted resource leaves the template too: reading it would create it again.
        """
        for name in reversed(list(self._deployed())):
            self._remove(name, self._resource_json_map[name], rolling_back=rolling_back)
            del self._resource_json_map[name]
        self._resource_json_map = {}

    def _walk(self) -> None:
        for name in list(self._resource_json_map):
            _ = self[name]

    def _deployed(self) -> Iterator[str]:
        """Iterates over logical ids in the order of creation, in which every dependency comes first."""
        return iter(list(self._resolved))

    def _is_enabled(self, name: str) -> bool:
        condition = self._resource_json_map[name].get("Condition")
        return condition is None or bool(self.lazy_condition_map[condition])

    def _create(self, name: str) -> None:
        if not self._is_enabled(name):
            return
        definition = self._resolve(name)
        with _naming_failures(name, definition["Type"], "CREATE"):
            resource = parse_and_create_resource(name, definition, self, self._account_id, self._region_name)
        self._parsed_resources[name] = resource
        self._resolved[name] = definition
        self._new.add(name)

    def _refresh(self, name: str) -> None:
        if not self._is_enabled(name):
            self._replaced.append((name, self._parsed_resources.pop(name), self._resolved.pop(name)))
            return
        former = self._resolved[name]
        definition = self._resolve(name)
        if definition["Type"] != former["Type"]:
            self._replaced.append((name, self._parsed_resources.pop(name), former))
            self._create(name)
        elif definition["Properties"] != former["Properties"]:
            self._update(name, definition, former)
        self._resolved[name] = definition

    def _update(self, name: str, definition: Template, former: Template) -> None:
        old = self._parsed_resources[name]
        old_id = old.physical_resource_id
        with _naming_failures(name, definition["Type"], "UPDATE"):
            new = parse_and_update_resource(name, definition, self, self._account_id, self._region_name)
            if new is None:
                raise NotImplementedError("moto cannot update this type")
        self._parsed_resources[name] = new
        if hasattr(new, "model") and new.physical_resource_id != old_id:
            self._replaced.append((name, old, former))

    def _resolve(self, name: str) -> Template:
        """Returns the resource's definition with every reference resolved, after creating its dependencies."""
        definition = self._resource_json_map[name]
        depends_on = definition.get("DependsOn", [])
        for other in [depends_on] if isinstance(depends_on, str) else depends_on:
            _ = self[other]
        with _naming_failures(name, definition["Type"], "CREATE"):
            return {**definition, "Properties": clean_json(definition.get("Properties", {}), self)}

    def _clean_up(self, former: Mapping[str, Template], *, rolling_back: bool) -> None:
        for name, resource, definition in reversed(self._replaced):
            if rolling_back or definition.get("UpdateReplacePolicy", "Delete") == "Delete":
                self._delete(name, resource, definition)
        self._replaced = []
        for name in reversed([name for name in self._deployed() if name not in self._resource_json_map]):
            self._remove(name, former.get(name, self._resolved[name]), rolling_back=rolling_back)

    def _remove(self, name: str, definition: Template, *, rolling_back: bool) -> None:
        resource, resolved = self._parsed_resources[name], self._resolved[name]
        policy = definition.get("DeletionPolicy", "Delete")
        undone = rolling_back and name in self._new and policy == "RetainExceptOnCreate"
        if policy == "Delete" or undone:
            self._delete(name, resource, resolved)
        del self._parsed_resources[name], self._resolved[name]

    def _delete(self, name: str, resource: Any, definition: Template) -> None:
        with _naming_failures(name, definition["Type"], "DELETE"):
            self._delete_resource(resource, definition)


class _naming_failures:  # noqa: N801  (a with-statement's verb)
    """Names the resource that failed in any error raised inside, once."""

    def __init__(self, logical_id: str, type_: str, verb: str) -> None:
        self._resource = (logical_id, type_, verb)

    def __enter__(self) -> None:
        pass

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, ResourceFailed):
            raise ResourceFailed(*self._resource, reason=f"{type(error).__name__}: {error}") from error


def check_types(template: Template) -> None:
    """Raises CloudFormation's ValidationError if the template has a type that we cannot create."""
    for logical_id, definition in template.get("Resources", {}).items():
        if reason := unsupported(definition["Type"], parsing.resource_class_from_type):
            raise ValidationError(
                message=f"Template error: resource {logical_id} of type {definition['Type']}: {reason}"
            )
