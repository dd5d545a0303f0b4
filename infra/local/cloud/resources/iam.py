"""IAM roles and policies. A function's calls are checked against them, so updates and deletes must be exact.

moto's own models ignore a role's managed policies, and do not remove the statements that an update drops.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from infra.local.cloud.resources.model import CreatedResource, Model, Props, ResourceContext, pick

_HOLDERS: Final = {"Roles": "role", "Users": "user", "Groups": "group"}

# --- roles


def _create_role(context: ResourceContext, props: Props) -> CreatedResource:
    name = props.get("RoleName") or context.name()
    role = context.client("iam").create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps(props["AssumeRolePolicyDocument"]),
        **pick(props, "Path", "Description", "MaxSessionDuration", "PermissionsBoundary", "Tags"),
    )["Role"]
    _settle_role(context, name, props, {})
    return CreatedResource(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def _update_role(context: ResourceContext, resource: CreatedResource, new: Props, old: Props) -> CreatedResource:
    iam = context.client("iam")
    iam.update_assume_role_policy(RoleName=resource.id, PolicyDocument=json.dumps(new["AssumeRolePolicyDocument"]))
    iam.update_role(RoleName=resource.id, **{"Description": "", **pick(new, "Description", "MaxSessionDuration")})
    _settle_role(context, resource.id, new, old)
    return resource


def _settle_role(context: ResourceContext, name: str, new: Props, old: Props) -> None:
    iam = context.client("iam")
    former, current = _inline(old), _inline(new)
    for policy in former.keys() - current.keys():
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    for policy, document in current.items():
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
    detached, attached = _changes(old.get("ManagedPolicyArns", []), new.get("ManagedPolicyArns", []))
    for arn in detached:
        iam.detach_role_policy(RoleName=name, PolicyArn=arn)
    for arn in attached:
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)


def _delete_role(context: ResourceContext, resource: CreatedResource, props: Props) -> None:
    _settle_role(context, resource.id, {}, props)
    context.client("iam").delete_role(RoleName=resource.id)


def _inline(props: Props) -> dict[str, Any]:
    return {policy["PolicyName"]: policy["PolicyDocument"] for policy in props.get("Policies", [])}


def _changes(old: Iterable[str], new: Iterable[str]) -> tuple[list[str], list[str]]:
    """Returns the removed and the added names."""
    return [name for name in old if name not in new], [name for name in new if name not in old]


# --- AWS::IAM::Policy: an inline policy of several holders


def _create_policy(context: ResourceContext, props: Props) -> CreatedResource:
    _write_policy(context, props)
    return CreatedResource(context.name())


def _update_policy(context: ResourceContext, resource: CreatedResource, new: Props, old: Props) -> CreatedResource:
    _write_policy(context, new)
    for holders in _HOLDERS:
        removed = _changes(old.get(holders, []), new.get(holders, []))[0]
        _erase_policy(context, {"PolicyName": old["PolicyName"], holders: removed})
    return resource


def _write_policy(context: ResourceContext, props: Props) -> None:
    document = json.dumps(props["PolicyDocument"])
    for holder, put in _of_holders(context, props, "put_{}_policy"):
        put(**holder, PolicyName=props["PolicyName"], PolicyDocument=document)


def _erase_policy(context: ResourceContext, props: Props) -> None:
    for holder, delete in _of_holders(context, props, "delete_{}_policy"):
        delete(**holder, PolicyName=props["PolicyName"])


def _delete_policy(context: ResourceContext, _created: CreatedResource, props: Props) -> None:
    _erase_policy(context, props)


# --- AWS::IAM::ManagedPolicy


def _create_managed(context: ResourceContext, props: Props) -> CreatedResource:
    name = props.get("ManagedPolicyName") or context.name(128)
    arn = context.client("iam").create_policy(
        PolicyName=name, PolicyDocument=json.dumps(props["PolicyDocument"]), **pick(props, "Path", "Description")
    )["Policy"]["Arn"]
    for holder, attach in _of_holders(context, props, "attach_{}_policy"):
        attach(**holder, PolicyArn=arn)
    return CreatedResource(arn, {"PolicyArn": arn})


def _update_managed(context: ResourceContext, resource: CreatedResource, new: Props, old: Props) -> CreatedResource:
    """Makes a new version the default and deletes the one before it: IAM stores at most five."""
    iam = context.client("iam")
    former = iam.get_policy(PolicyArn=resource.id)["Policy"]["DefaultVersionId"]
    document = json.dumps(new["PolicyDocument"])
    iam.create_policy_version(PolicyArn=resource.id, PolicyDocument=document, SetAsDefault=True)
    iam.delete_policy_version(PolicyArn=resource.id, VersionId=former)
    for holders in _HOLDERS:
        removed, added = _changes(old.get(holders, []), new.get(holders, []))
        for holder, detach in _of_holders(context, {holders: removed}, "detach_{}_policy"):
            detach(**holder, PolicyArn=resource.id)
        for holder, attach in _of_holders(context, {holders: added}, "attach_{}_policy"):
            attach(**holder, PolicyArn=resource.id)
    return resource


def _delete_managed(context: ResourceContext, resource: CreatedResource, props: Props) -> None:
    for holder, detach in _of_holders(context, props, "detach_{}_policy"):
        detach(**holder, PolicyArn=resource.id)
    context.client("iam").delete_policy(PolicyArn=resource.id)


def _of_holders(
    context: ResourceContext, props: Mapping[str, Any], operation: str
) -> Iterable[tuple[dict[str, str], Callable[..., Any]]]:
    """Yields each holder as the API names it, with the operation for its kind."""
    iam = context.client("iam")
    for holders, kind in _HOLDERS.items():
        for name in props.get(holders, []):
            yield {f"{kind.title()}Name": name}, getattr(iam, operation.format(kind))


MODELS = (
    Model(
        "AWS::IAM::Role",
        _create_role,
        _update_role,
        _delete_role,
        frozenset({"Arn", "RoleId"}),
        frozenset({"Path", "RoleName", "PermissionsBoundary"}),
    ),
    Model("AWS::IAM::Policy", _create_policy, _update_policy, _delete_policy, replaced_by=frozenset({"PolicyName"})),
    Model(
        "AWS::IAM::ManagedPolicy",
        _create_managed,
        _update_managed,
        _delete_managed,
        frozenset({"PolicyArn"}),
        frozenset({"ManagedPolicyName", "Path", "Description"}),
    ),
)
