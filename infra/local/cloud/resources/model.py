"""What it takes to have a CloudFormation type: functions that create, update and delete one resource of it.

Models act through the account's own APIs, like CloudFormation itself, so that what they make is what the API shows.
"""

import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Props = Mapping[str, Any]
ClientOf = Callable[[str], Any]


@dataclass(frozen=True)
class Made:
    """A resource as the template sees it: `Ref` gives the id, `Fn::GetAtt` the attributes."""

    id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """Where a resource is made."""

    client: ClientOf
    account_id: str
    region: str
    stack: str
    logical_id: str

    def name(self, limit: int = 64) -> str:
        """A physical name in CloudFormation's manner, for a template that gives none: Stack-Logical-RANDOM."""
        suffix = "-" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(12))
        return f"{self.stack}-{self.logical_id}"[: limit - len(suffix)] + suffix

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{resource}"


Create = Callable[[Site, Props], Made]
Update = Callable[[Site, Made, Props, Props], Made]
"""Takes the resource as it is, its new properties and its former ones."""
Delete = Callable[[Site, Made, Props], None]


@dataclass(frozen=True)
class Model:
    """One type. A change of a property in `replaced_by` makes a new resource and deletes the old one afterwards, which
    is what AWS's documentation calls "Update requires: Replacement"; all other changes go through `update`.
    """

    type: str
    create: Create
    update: Update
    delete: Delete
    attributes: frozenset[str] = frozenset()
    replaced_by: frozenset[str] = frozenset()

    def replaces(self, new: Props, old: Props) -> bool:
        return any(new.get(name) != old.get(name) for name in self.replaced_by)


def picked(props: Props, *names: str) -> dict[str, Any]:
    """The named properties that the template gives."""
    return {name: props[name] for name in names if name in props}


def without(props: Props, *names: str) -> dict[str, Any]:
    """All properties but the named ones."""
    return {name: value for name, value in props.items() if name not in names}


def keep(_site: Site, made: Made, _new: Props, _old: Props) -> Made:
    """The update of a resource that has nothing to change in place."""
    return made


def nothing(_site: Site, _made: Made, _props: Props) -> None:
    """The deletion of a resource that is gone with what it belongs to."""


def tag_list(tags: Any) -> list[dict[str, str]]:
    """Tags as a list of Key and Value, from either of the two forms that templates use."""
    if isinstance(tags, Mapping):
        return [{"Key": key, "Value": value} for key, value in tags.items()]
    return list(tags or [])
