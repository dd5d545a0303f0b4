"""The model of a CloudFormation type: functions that create, update and delete one resource of it.

Models use the account's own APIs, as CloudFormation does, so the API returns what they create.
"""

import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Props = Mapping[str, Any]
ClientOf = Callable[[str], Any]


@dataclass(frozen=True)
class CreatedResource:
    """A resource as the template refers to it: `Ref` returns the id, `Fn::GetAtt` the attributes."""

    id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ResourceContext:
    """The account, region, stack and logical id of a resource."""

    client: ClientOf
    account_id: str
    region: str
    stack: str
    logical_id: str

    def name(self, limit: int = 64) -> str:
        """Returns a physical name in CloudFormation's form, for a template without one: Stack-Logical-RANDOM."""
        suffix = "-" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(12))
        return f"{self.stack}-{self.logical_id}"[: limit - len(suffix)] + suffix

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{resource}"


Create = Callable[[ResourceContext, Props], CreatedResource]
Update = Callable[[ResourceContext, CreatedResource, Props, Props], CreatedResource]
"""Takes the current resource, its new properties and its former ones."""
Delete = Callable[[ResourceContext, CreatedResource, Props], None]


@dataclass(frozen=True)
class Model:
    """One type. A change of a property in `replaced_by` creates a new resource and deletes the old one afterwards: AWS's
    documentation calls this "Update requires: Replacement". All other changes go through `update`.
    """

    type: str
    create: Create
    update: Update
    delete: Delete
    attributes: frozenset[str] = frozenset()
    replaced_by: frozenset[str] = frozenset()

    def replaces(self, new: Props, old: Props) -> bool:
        return any(new.get(name) != old.get(name) for name in self.replaced_by)


def pick(props: Props, *names: str) -> dict[str, Any]:
    """Returns those of the named properties that the template has."""
    return {name: props[name] for name in names if name in props}


def without(props: Props, *names: str) -> dict[str, Any]:
    """Returns all properties except the named ones."""
    return {name: value for name, value in props.items() if name not in names}


def no_update(_site: ResourceContext, resource: CreatedResource, _new: Props, _old: Props) -> CreatedResource:
    """Updates a resource that has no property to change in place."""
    return resource


def no_delete(_site: ResourceContext, _created: CreatedResource, _props: Props) -> None:
    """Deletes a resource that is deleted with its owner."""


def tag_list(tags: Any) -> list[dict[str, str]]:
    """Returns tags as a list of Key and Value, from either of the two forms that templates use."""
    if isinstance(tags, Mapping):
        return [{"Key": key, "Value": value} for key, value in tags.items()]
    return list(tags or [])
